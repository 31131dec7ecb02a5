package io.rondo.e2e.containers;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/**
 * A network link that can be cut in either direction, or be slow: it passes on what comes in at a port to another one. What is
 * cut off waits, as behind a lost packet; no connection is closed. Each connection has two daemon threads.
 */
final class Link implements AutoCloseable {
    enum Direction {
        TO_BROKER,
        FROM_BROKER
    }

    private static final int BLOCK = 8 << 10;

    private final ServerSocket server;
    private final IntSupplier target;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private final Set<Direction> cut = EnumSet.noneOf(Direction.class);
    private int bytesPerSecond = Integer.MAX_VALUE;

    /** @param target the port of this machine that the other end is at, asked for with each connection */
    Link(IntSupplier target) {
        this.target = target;
        try {
            // containers come in by the address of the engine's bridge
            server = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[4]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    synchronized void cut(Set<Direction> directions) {
        cut.addAll(directions);
    }

    synchronized void slow(int bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    synchronized void heal() {
        cut.clear();
        bytesPerSecond = Integer.MAX_VALUE;
        notifyAll();
    }

    /** Waits as long as the direction is cut, and as long as so many bytes take. */
    private void pass(Direction direction, int bytes) throws InterruptedException {
        long millis;
        synchronized (this) {
            while (cut.contains(direction)) {
                wait();
            }
            millis = 1000L * bytes / bytesPerSecond;
        }
        Thread.sleep(millis);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket in = server.accept();
                Socket out = new Socket(InetAddress.getLoopbackAddress(), target.getAsInt());
                open.add(in);
                open.add(out);
                start("to-broker", () -> copy(Direction.TO_BROKER, in, out));
                start("from-broker", () -> copy(Direction.FROM_BROKER, out, in));
            } catch (IOException e) {
                // the broker is away, or this link is closed: whoever called tries again
            }
        }
    }

    private void copy(Direction direction, Socket from, Socket to) {
        byte[] block = new byte[BLOCK];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                pass(direction, read);
                out.write(block, 0, read);
            }
        } catch (IOException e) {
            // one end has closed: so does the other
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private static void start(String name, Runnable body) {
        Thread thread = new Thread(body, "link-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Closeable socket : open) {
            socket.close();
        }
    }
}
