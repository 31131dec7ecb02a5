package io.rondo.schemas.serde;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.zip.GZIPInputStream;

/** The bytes of a response, up to a limit: the responder may be anything, and may never end. */
final class BoundedBody implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
    private final int most;
    private Flow.Subscription subscription;
    private long taken;

    private BoundedBody(int most) {
        this.most = most;
    }

    /** A response that is longer than the limit; a retry would not help. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException(int most) {
            super("its answer has more than " + most + " bytes");
        }
    }

    /** @param most maximal bytes of a response; a longer one fails with {@link TooLongException} */
    static BodyHandler<byte[]> handler(int most) {
        return info -> new BoundedBody(most);
    }

    /**
     * The bytes of a response, decompressed if necessary: some proxies compress without being asked.
     *
     * @param most maximal bytes after decompression
     */
    static byte[] plain(HttpResponse<byte[]> response, int most) throws IOException {
        byte[] body = response.body();
        boolean isCompressed = response.headers()
                .firstValue("Content-Encoding")
                .filter("gzip"::equalsIgnoreCase)
                .isPresent();
        if (!isCompressed || body.length == 0) {
            return body;
        }
        try (InputStream expanded = new GZIPInputStream(new ByteArrayInputStream(body))) {
            byte[] plain = expanded.readNBytes(most + 1);
            if (plain.length > most) {
                throw new TooLongException(most);
            }
            return plain;
        }
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return bytes.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        bytes.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        if (taken > most) {
            return;
        }
        taken += item.stream().mapToLong(ByteBuffer::remaining).sum();
        if (taken > most) {
            subscription.cancel();
            bytes.onError(new TooLongException(most));
        } else {
            bytes.onNext(item);
        }
    }

    @Override
    public void onError(Throwable failure) {
        bytes.onError(failure);
    }

    @Override
    public void onComplete() {
        if (taken <= most) {
            bytes.onComplete();
        }
    }
}
