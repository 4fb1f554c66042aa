from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grpc

from services.chassis.errors import StartupError

AUTHORITY: Final = "ca.crt"
CERTIFICATE: Final = "tls.crt"
KEY: Final = "tls.key"


class CertificatesMissing(StartupError):
    """A file of the folder of certificates cannot be read."""


@dataclass(frozen=True)
class Certificates:
    """A folder with ca.crt, tls.crt and tls.key, as cert-manager writes them: both ends show theirs.

    Whoever has a certificate of this authority is one of us. A server takes renewed files with its next
    connection, a client when it starts.
    """

    directory: Path

    def for_server(self) -> grpc.ServerCredentials:
        """Credentials that ask callers for theirs. Raises CertificatesMissing."""
        return grpc.dynamic_ssl_server_credentials(
            self._configuration(),
            self._renewed,  # type: ignore[arg-type]  # None: as before
            require_client_authentication=True,
        )

    def for_client(self) -> grpc.ChannelCredentials:
        """Credentials for calls. Raises CertificatesMissing."""
        return grpc.ssl_channel_credentials(
            self._read(AUTHORITY), private_key=self._read(KEY), certificate_chain=self._read(CERTIFICATE)
        )

    def _configuration(self) -> grpc.ServerCertificateConfiguration:
        pair = self._read(KEY), self._read(CERTIFICATE)
        return grpc.ssl_server_certificate_configuration([pair], root_certificates=self._read(AUTHORITY))

    def _renewed(self) -> grpc.ServerCertificateConfiguration | None:
        try:
            return self._configuration()
        except CertificatesMissing:
            return None  # in the middle of being replaced: the one before still counts

    def _read(self, name: str) -> bytes:
        try:
            return (self.directory / name).read_bytes()
        except OSError as error:
            raise CertificatesMissing(
                f"TLS_DIRECTORY: {self.directory / name} cannot be read ({error.strerror})"
            ) from error
