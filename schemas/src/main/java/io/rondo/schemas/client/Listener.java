package io.rondo.schemas.client;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;

/**
 * Finds out what listens at the addresses of {@code bootstrap.servers}, by unencrypted Kafka requests that every broker
 * answers. Distinguishes a broker without encryption, a broker with TLS, and anything else.
 */
final class Listener {
    private static final int TIMEOUT_MS = 3_000;
    private static final int CONNECT_MS = 1_000;
    private static final int CORRELATION = 0x52_6f_6e_64;
    private static final short API_VERSIONS = 18;
    private static final short METADATA = 3;
    /** A TLS alert begins with this byte and the major version 3. */
    private static final int TLS_ALERT = 0x15;

    private static final int TLS_MAJOR = 3;
    private static final int LARGEST_ANSWER = 16 << 20;

    private final String bootstrapServers;

    Listener(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    private enum Kind {
        KAFKA,
        TLS,
        OTHER,
        /** Nothing listens, or it closes the connection without a response. */
        SILENT
    }

    /** @throws RondoException with {@code BROKER_REFUSED} where something answers that is not a broker without encryption */
    void requireKafka() {
        Optional<InetSocketAddress> there = firstThatListens();
        if (there.isEmpty()) {
            return;
        }
        switch (kind(there.get())) {
            case TLS -> throw speaksTls(there.get());
            case OTHER ->
                throw new RondoException(
                        ErrorCode.BROKER_REFUSED,
                        "what answers at " + text(there.get()) + " is no Kafka broker",
                        "check --bootstrap-servers");
            case KAFKA, SILENT -> {}
        }
    }

    /** Whether something takes connections at one of the addresses. */
    boolean isThere() {
        return firstThatListens().isPresent();
    }

    /** Why a client could not connect, if more can be determined than the client reports. */
    Optional<RondoException> explain(boolean isEncrypted, Throwable cause) {
        Optional<InetSocketAddress> there = firstThatListens();
        if (there.isEmpty()) {
            return Optional.empty();
        }
        if (isEncrypted) {
            return kind(there.get()) == Kind.KAFKA
                    ? Optional.of(new RondoException(
                            ErrorCode.BROKER_REFUSED,
                            "the broker at " + text(there.get()) + " does not encrypt, and security.protocol says TLS",
                            "set security.protocol to PLAINTEXT or SASL_PLAINTEXT, or use the port of a TLS listener",
                            cause))
                    : Optional.empty();
        }
        List<String> unreachable = advertised(there.get()).stream()
                .filter(address -> !listens(address))
                .map(Listener::text)
                .toList();
        return unreachable.isEmpty()
                ? Optional.empty()
                : Optional.of(new RondoException(
                        ErrorCode.BROKER_UNREACHABLE,
                        "the broker at " + text(there.get()) + " answers, and sends its clients to "
                                + String.join(", ", unreachable) + ", which cannot be reached from here",
                        "correct advertised.listeners of the brokers, or make these names and ports reachable from here",
                        cause));
    }

    private static RondoException speaksTls(InetSocketAddress address) {
        return new RondoException(
                ErrorCode.BROKER_REFUSED,
                "the listener at " + text(address) + " speaks TLS, and security.protocol says it does not",
                "set security.protocol to SSL or SASL_SSL in --kafka-config");
    }

    private Optional<InetSocketAddress> firstThatListens() {
        return addresses().filter(Listener::listens).findFirst();
    }

    /** The client refuses unparsable addresses. */
    private Stream<InetSocketAddress> addresses() {
        return Stream.of(bootstrapServers.split(",", -1)).map(String::strip).flatMap(address -> {
            String host = Utils.getHost(address);
            Integer port = Utils.getPort(address);
            return host == null || port == null || port > 65_535
                    ? Stream.of()
                    : Stream.of(new InetSocketAddress(host, port));
        });
    }

    private static boolean listens(InetSocketAddress address) {
        if (address.isUnresolved()) {
            return false;
        }
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Kind kind(InetSocketAddress address) {
        try (Socket socket = connected(address)) {
            request(socket, API_VERSIONS, 0, new byte[0]);
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            int first = answer.readInt();
            if (first >>> 24 == TLS_ALERT && (first >>> 16 & 0xff) == TLS_MAJOR) {
                return Kind.TLS;
            }
            return first >= Integer.BYTES && first <= LARGEST_ANSWER && answer.readInt() == CORRELATION
                    ? Kind.KAFKA
                    : Kind.OTHER;
        } catch (IOException e) {
            return Kind.SILENT;
        }
    }

    /** The advertised addresses of a broker; none if it requires credentials first. */
    private static List<InetSocketAddress> advertised(InetSocketAddress address) {
        try (Socket socket = connected(address)) {
            // version 1, for no topic
            request(socket, METADATA, 1, new byte[Integer.BYTES]);
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            int size = answer.readInt();
            if (size < Integer.BYTES || size > LARGEST_ANSWER || answer.readInt() != CORRELATION) {
                return List.of();
            }
            int count = answer.readInt();
            List<InetSocketAddress> brokers = new ArrayList<>();
            for (int broker = 0; broker < count && broker < 100; broker++) {
                answer.readInt();
                String host = string(answer);
                int port = answer.readInt();
                string(answer);
                brokers.add(new InetSocketAddress(host, port));
            }
            return brokers;
        } catch (IOException | IllegalArgumentException e) {
            return List.of();
        }
    }

    private static Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(address, TIMEOUT_MS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void request(Socket socket, short api, int version, byte[] body) throws IOException {
        byte[] client = "rondo".getBytes(StandardCharsets.US_ASCII);
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        out.writeInt(Short.BYTES * 3 + Integer.BYTES + client.length + body.length);
        out.writeShort(api);
        out.writeShort(version);
        out.writeInt(CORRELATION);
        out.writeShort(client.length);
        out.write(client);
        out.write(body);
        out.flush();
    }

    private static String string(DataInputStream in) throws IOException {
        short length = in.readShort();
        return length < 0 ? "" : new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ':' + address.getPort();
    }
}
