package io.rondo.conformance.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A port in front of the registry. Closed at first: nobody listens. Open, it passes bytes on, both ways. Threads of its own do that; they
 * end with the gate.
 */
public final class Gate implements AutoCloseable {
    private static final int BACKLOG = 50;

    private final URI target;
    private final int port;
    /** Holds the port, without listening: a system would give a free one to an outgoing connection. */
    private final Socket closed = new Socket();

    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private ServerSocket server;

    /** @param target an {@code http} address */
    public Gate(String target) {
        this.target = URI.create(target);
        if (!"http".equals(this.target.getScheme())) {
            throw new NotApplicable("the registry is not at an http address, so that the kit cannot stand before it");
        }
        try {
            closed.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            this.port = closed.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The registry's address through the gate. */
    public String address() {
        return "http://127.0.0.1:" + port + target.getPath();
    }

    /** Lets through from now on. */
    public synchronized void open() {
        try {
            closed.close();
            server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    private void accept() {
        while (true) {
            try {
                Socket client = server.accept();
                Socket upstream = new Socket(target.getHost(), target.getPort());
                sockets.add(client);
                sockets.add(upstream);
                daemon(() -> pass(client, upstream));
                daemon(() -> pass(upstream, client));
            } catch (IOException e) {
                // the gate is closed
                return;
            }
        }
    }

    private void pass(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            // one of the two has gone, and the other goes with it
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "gate");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void close() {
        try {
            closed.close();
            if (server != null) {
                server.close();
            }
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
