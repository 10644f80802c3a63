"""A TCP proxy before PostgreSQL that cuts the line at COMMIT, before or after the server has heard it."""

import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

COMMITS = (b"COMMIT\0", b"COMMIT;\0")


class CuttingProxy:
    """Passes bytes on in a thread of its own; `cut` says what happens to the next COMMIT."""

    def __init__(self, server: int) -> None:
        self.cut = ""
        """Empty: nothing; `before`: the server never hears COMMIT; `after`: it does, the client hears no answer."""
        self.cuts = 0
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._other: dict[socket.socket, socket.socket] = {}
        self._clients: set[socket.socket] = set()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run)
        self._ending = False

    @property
    def port(self) -> int:
        """Return the port to connect to."""
        return int(self._listener.getsockname()[1])

    def start(self) -> None:
        """Begin to pass bytes on."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close every socket."""
        self._ending = True
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            pass
        self._thread.join()
        for end in tuple(self._clients):
            self._close(end)
        self._listener.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._ending:
            for key, _ in self._selector.select():
                end = key.fileobj
                if end is self._listener:
                    self._accept()
                elif isinstance(end, socket.socket) and end in self._other:
                    self._pass(end)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        server = socket.create_connection(("127.0.0.1", self._server))
        self._clients.add(client)
        for end, other in ((client, server), (server, client)):
            self._other[end] = other
            self._selector.register(end, selectors.EVENT_READ)

    def _pass(self, end: socket.socket) -> None:
        other = self._other[end]
        try:
            data = end.recv(65536)
            if end in self._clients and self.cut and any(commit in data for commit in COMMITS):
                self.cuts += 1
                if self.cut == "after":
                    other.sendall(data)
                    time.sleep(0.2)  # the server commits while nobody listens
                data = b""
            if data:
                other.sendall(data)
            else:
                self._close(end)
        except OSError:
            self._close(end)

    def _close(self, end: socket.socket) -> None:
        for one in (end, self._other[end]):
            self._clients.discard(one)
            del self._other[one]
            self._selector.unregister(one)
            one.close()


@contextmanager
def cutting_proxy(server: int) -> Iterator[CuttingProxy]:
    """Run a proxy before the server's port."""
    proxy = CuttingProxy(server)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
