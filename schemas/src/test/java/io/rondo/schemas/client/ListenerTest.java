package io.rondo.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ports where something else listens than was expected. */
class ListenerTest {
    private static final byte[] TLS_ALERT = {0x15, 3, 3, 0, 2, 2, 70};

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ServerSocket server;
    private volatile Conversation conversation;

    private interface Conversation {
        void answer(DataInputStream request, DataOutputStream out) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    threads.execute(() -> serve(socket));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    @Test
    void shouldTellAPlainClientThatThePortSpeaksTls() {
        conversation = (request, out) -> out.write(TLS_ALERT);

        assertThatThrownBy(() -> connection(Map.of()).admin())
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BROKER_REFUSED, RondoException::code)
                .satisfies(refusal ->
                        assertThat(refusal.explanation()).contains(address(), "speaks TLS", "security.protocol"));
    }

    @Test
    void shouldTellAPlainClientThatThereIsNoBroker() {
        conversation =
                (request, out) -> out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> connection(Map.of()).admin())
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BROKER_REFUSED, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(address(), "no Kafka broker"));
    }

    @Test
    void shouldTellATlsClientThatTheBrokerDoesNotEncrypt() {
        conversation = ListenerTest::emptyAnswer;

        assertThat(new Listener(address()).explain(true, new TimeoutException()))
                .get()
                .returns(ErrorCode.BROKER_REFUSED, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(address(), "does not encrypt"));
    }

    @Test
    void shouldNameAdvertisedListenersThatCannotBeReached() {
        conversation = (request, out) -> {
            int correlation = request(request);
            byte[] host = "broker-1.invalid".getBytes(StandardCharsets.US_ASCII);
            out.writeInt(4 + 4 + 4 + 2 + host.length + 4 + 2);
            out.writeInt(correlation);
            out.writeInt(1);
            out.writeInt(0);
            out.writeShort(host.length);
            out.write(host);
            out.writeInt(9092);
            out.writeShort(-1);
        };

        assertThat(new Listener("127.0.0.1:1, " + address()).explain(false, new TimeoutException()))
                .get()
                .returns(ErrorCode.BROKER_UNREACHABLE, RondoException::code)
                .satisfies(refusal ->
                        assertThat(refusal.explanation()).contains("broker-1.invalid:9092", "advertised.listeners"));
    }

    @Test
    void shouldHaveNothingAgainstABrokerOrSilence() {
        Listener listener = new Listener(address());
        conversation = ListenerTest::emptyAnswer;
        assertThatCode(listener::requireKafka).doesNotThrowAnyException();
        conversation = (request, out) -> {};
        assertThatCode(listener::requireKafka).doesNotThrowAnyException();
        assertThatCode(new Listener("127.0.0.1:1,no address")::requireKafka).doesNotThrowAnyException();
    }

    @Test
    void shouldTellASlowBrokerFromOneThatIsNotThere() {
        assertThat(new Listener("127.0.0.1:1," + address()).isThere()).isTrue();
        // a server that closes while it accepts takes one more connection now and then
        assertThat(new Listener("127.0.0.1:1,127.0.0.1:2").isThere()).isFalse();
    }

    private static void emptyAnswer(DataInputStream request, DataOutputStream out) throws IOException {
        int correlation = request(request);
        out.writeInt(4);
        out.writeInt(correlation);
    }

    private static int request(DataInputStream in) throws IOException {
        byte[] request = new byte[in.readInt()];
        in.readFully(request);
        return java.nio.ByteBuffer.wrap(request).getInt(4);
    }

    private void serve(Socket socket) {
        try (socket) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            conversation.answer(new DataInputStream(socket.getInputStream()), out);
            out.flush();
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // the other side has gone
        }
    }

    private String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private LogConnection connection(Map<String, String> config) {
        return new LogConnection(address(), "http://r:8081", config);
    }
}
