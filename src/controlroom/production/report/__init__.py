"""The last stage: one self-contained page with what was found, decided and made."""

from controlroom.production.report.page import told, write_report

__all__ = ["told", "write_report"]
