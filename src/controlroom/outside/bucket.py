"""A bucket of an S3-compatible store, where bytes lie by their SHA-256."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.base.files import whole_or_nothing


class Bucket:
    """`url` reads s3://NAME/PREFIX, with ?endpoint=https://HOST for a store that is not Amazon's; who we are comes
    from the environment as for every S3 client (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION).

    Raises `UsageError` for an address that cannot be meant, or when boto3 is not installed; every method raises
    `SurroundingsFailed` when the store is not reached or refuses.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc:
            raise UsageError("CONTROLROOM_BUCKET", f"{url!r} names no bucket", "Write s3://name/prefix.")
        try:
            import boto3
        except ImportError as error:
            why = "boto3 is not installed"
            raise UsageError("CONTROLROOM_BUCKET", why, "Run: pip install controlroom[s3]") from error
        endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
        self._name, self._prefix = parts.netloc, parts.path.strip("/")
        self._client: Any = boto3.client("s3", endpoint_url=endpoint)

    def key_of(self, sha256: str) -> str:
        return "/".join(piece for piece in (self._prefix, sha256[:2], sha256) if piece)

    def put(self, sha256: str, path: Path) -> None:
        """Keep the bytes of `path`, unless they are there."""
        with _reached(self._name):
            if not self._has(sha256):
                self._client.upload_file(str(path), self._name, self.key_of(sha256))

    def fetch(self, sha256: str, target: Path) -> bool:
        """Bring the bytes to `target`, whole or not at all; False where the bucket does not have them."""
        with _reached(self._name):
            if not self._has(sha256):
                return False
            with whole_or_nothing(target) as part:
                self._client.download_file(self._name, self.key_of(sha256), str(part))
        return True

    def remove(self, sha256: str) -> None:
        """Let the bytes go; nothing where they are not there."""
        with _reached(self._name):
            self._client.delete_object(Bucket=self._name, Key=self.key_of(sha256))

    def _has(self, sha256: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._client.head_object(Bucket=self._name, Key=self.key_of(sha256))
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                return False
            raise
        return True


@contextmanager
def _reached(name: str) -> Iterator[None]:
    """Turn what the store or the network refuses into a sentence."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        why = " ".join(str(error).split())
        raise SurroundingsFailed(f"The bucket {name}", why, "Look at its address and its keys.") from error
