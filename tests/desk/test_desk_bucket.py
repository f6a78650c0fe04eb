"""Bytes in a bucket: kept there, brought from there, and a sentence when it does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from controlroom.base.errors import InputRefused, SurroundingsFailed, UsageError
from controlroom.desk.accounts.models import Studio
from controlroom.desk.songs import blobs
from controlroom.outside.bucket import Bucket

SHA256 = "ab" * 32


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of a store on this machine."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="tapes")
    yield f"s3://tapes/room one?endpoint={endpoint}"
    server.stop()
    blobs._opened.cache_clear()


def test_what_was_put_comes_back(address: str, tmp_path: Path) -> None:
    bucket = Bucket(address)
    (tmp_path / "a").write_bytes(b"tape" * 1000)
    assert not bucket.fetch(SHA256, tmp_path / "b")
    assert not (tmp_path / "b").exists()
    bucket.put(SHA256, tmp_path / "a")
    assert bucket.fetch(SHA256, tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a").read_bytes()


@pytest.mark.django_db
def test_another_machine_finds_what_this_one_kept(
    address: str, studio: Studio, tmp_path: Path, settings: object
) -> None:
    settings.BUCKET = address  # type: ignore[attr-defined]
    (tmp_path / "take.wav").write_bytes(b"RIFF" + bytes(2000))
    blob = blobs.keep(studio.pk, tmp_path / "take.wav")
    settings.BLOBS = tmp_path / "another machine"  # type: ignore[attr-defined]
    assert blobs.path_of(blob).read_bytes() == (tmp_path / "take.wav").read_bytes()
    assert blobs.path_of(blob).is_relative_to(tmp_path / "another machine")


@pytest.mark.django_db
def test_what_nobody_holds_leaves_the_bucket_too(
    address: str, studio: Studio, tmp_path: Path, settings: object
) -> None:
    settings.BUCKET = address  # type: ignore[attr-defined]
    (tmp_path / "played.wav").write_bytes(b"RIFF" + bytes(100))
    blob = blobs.keep(studio.pk, tmp_path / "played.wav")
    blobs.forget(blob)
    assert not Bucket(address).fetch(blob.sha256, tmp_path / "back")
    assert not blobs.place_of(blob.sha256).exists()


@pytest.mark.django_db
def test_what_neither_has_is_gone(address: str, studio: Studio, tmp_path: Path, settings: object) -> None:
    (tmp_path / "take.wav").write_bytes(b"RIFF")
    blob = blobs.keep(studio.pk, tmp_path / "take.wav")
    blobs.place_of(blob.sha256).unlink()
    settings.BUCKET = address  # type: ignore[attr-defined]
    with pytest.raises(InputRefused, match="gone from the disk"):
        blobs.path_of(blob)


def test_a_bucket_that_does_not_answer_is_a_sentence(address: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"tape")
    elsewhere = Bucket(address.replace("tapes", "no-such-bucket"))
    with pytest.raises(SurroundingsFailed, match="no-such-bucket"):
        elsewhere.put(SHA256, tmp_path / "a")


@pytest.mark.parametrize("url", ["tapes", "https://tapes", "s3://"])
def test_an_address_that_names_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"s3://name/prefix"):
        Bucket(url)
