"""Where the server listens: a refusal is one line before anything else starts."""

import socket

import pytest

from factories.postgres import free_port
from zhizhao.app.server import ListenRefused, bound


class TestBound:
    """`bound`."""

    def test_a_free_port(self) -> None:
        """Bound, inheritable by workers, not listening yet."""
        port = free_port()
        with bound("127.0.0.1", port) as place:
            assert place.getsockname() == ("127.0.0.1", port)
            assert place.get_inheritable()

    def test_a_taken_port(self) -> None:
        """Named with address and reason."""
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with pytest.raises(ListenRefused) as caught:
                bound("127.0.0.1", port)
        assert caught.value.facts == {"host": "127.0.0.1", "port": port, "reason": "Address already in use"}

    @pytest.mark.parametrize("host", ["203.0.113.9", "2001:db8::9"])
    def test_an_address_of_another_machine(self, host: str) -> None:
        """Of either family."""
        with pytest.raises(ListenRefused):
            bound(host, free_port())
