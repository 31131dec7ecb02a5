package io.rondo.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {
    private final Health health = new Health();
    private final Metrics metrics = new Metrics("1.2.3");
    private final HttpEndpoint endpoint =
            HttpEndpoint.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), health, metrics);

    @AfterEach
    void stop() {
        endpoint.close();
        metrics.close();
    }

    @Test
    void shouldServeMetrics() throws Exception {
        HttpResponse<String> answer = ask("GET", "/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).contains("rondo_info{version=\"1.2.3\"} 1").contains("jvm_memory_used_bytes");
    }

    @Test
    void shouldServeNoCountersThatAreNotWhatTheyWere() throws Exception {
        metrics.reading("a");

        assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        assertThat(ask("GET", "/health/ready").body()).isEqualTo("ok\n");

        health.note("broker", Optional.of("no answer within 3 s"));

        assertThat(ask("GET", "/health/live").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/health/ready").statusCode()).isEqualTo(503);
        assertThat(ask("GET", "/health/ready").body()).isEqualTo("broker: no answer within 3 s\n");
    }

    @Test
    void shouldServeNothingElse() throws Exception {
        assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/metrics/../../etc").statusCode()).isEqualTo(404);
        assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
        assertThat(ask("HEAD", "/metrics").body()).isEmpty();
    }

    @Test
    void shouldSayThatAnAddressIsInUse() {
        assertThatThrownBy(() -> HttpEndpoint.start(endpoint.address(), health, metrics))
                .isInstanceOfSatisfying(RondoException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.PORT_IN_USE))
                .hasMessageContaining(Integer.toString(endpoint.address().getPort()));
    }

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
