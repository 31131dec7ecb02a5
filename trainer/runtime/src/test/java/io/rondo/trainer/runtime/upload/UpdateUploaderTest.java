package io.rondo.trainer.runtime.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.log.DType;
import io.rondo.log.OffsetRange;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.runtime.FakeAggregator;
import io.rondo.trainer.runtime.FederatedJob;
import io.rondo.trainer.runtime.Records;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class UpdateUploaderTest {
    private final FederatedJob job = Records.of("fedsa", 3).job();
    private final FlatLayout flat = job.flat(2);
    private final RecordCodec codec = new InMemorySchemas().codec();
    private final float[] values = values(flat.elements());

    @Test
    void shouldPutEachChunkIntoItsPartitionAndCommitThem() {
        MockProducer<byte[], byte[]> producer = FakeAggregator.producer(job, true);

        UploadedUpdate uploaded = uploader(producer).upload(header(), flat, values);

        List<ProducerRecord<byte[], byte[]>> sent = producer.history();
        assertThat(sent).hasSize(flat.chunks() + 1);
        assertThat(flat.chunks()).as("more chunks than partitions").isGreaterThan(3);
        for (int ordinal = 0; ordinal < flat.chunks(); ordinal++) {
            ProducerRecord<byte[], byte[]> record = sent.get(ordinal);
            assertThat(record.topic()).isEqualTo("rondo.test.round.000002");
            assertThat(record.partition()).isEqualTo(ordinal % 3);
            assertThat(record.key()).isNull();
            TensorChunk chunk = codec.require(record.topic(), record.value(), TensorChunk.class);
            assertThat(chunk.getOrdinal()).isEqualTo(ordinal);
            assertThat(chunk.getAttempt()).isEqualTo("attempt-7");
            assertThat(chunk.getDigest())
                    .isEqualTo(uploaded.manifest().getChunkDigests().get(ordinal));
        }
        ProducerRecord<byte[], byte[]> last = sent.get(flat.chunks());
        assertThat(last.topic()).isEqualTo("rondo.test.manifests");
        assertThat(codec.require(last.topic(), last.value(), UpdateManifest.class))
                .isEqualTo(uploaded.manifest());
        assertThat(uploaded.bytes())
                .isEqualTo(
                        sent.stream().mapToLong(record -> record.value().length).sum());
    }

    @Test
    void shouldDescribeTheUpdateInItsManifest() {
        MockProducer<byte[], byte[]> producer = FakeAggregator.producer(job, true);
        uploader(producer).upload(header(), flat, values);

        UpdateManifest manifest =
                uploader(producer).upload(header(), flat, values).manifest();

        // behind the first upload
        assertThat(manifest.getRanges()).containsExactly(range(0), range(1), range(2));
        assertThat(manifest.getDigest()).isEqualTo(Digests.ofDigests(manifest.getChunkDigests()));
        assertThat(manifest.getElements()).isEqualTo(flat.elements());
        assertThat(manifest.getNumExamples()).isEqualTo(40);
        assertThat(manifest.getIncarnation()).isEqualTo("incarnation-3");
        assertThat(manifest.getBaseRound()).isEqualTo(1);
        assertThat(manifest.getMetrics()).isEqualTo(Map.of("loss", 0.5));
        assertThat(manifest.getSignature()).isNull();
    }

    private OffsetRange range(int partition) {
        int chunks = flat.chunksOf(partition).size();
        return new OffsetRange(partition, (long) chunks, 2L * chunks - 1);
    }

    @Test
    void shouldSendNoManifestBeforeEveryChunkIsAcknowledged() {
        MockProducer<byte[], byte[]> producer = FakeAggregator.producer(job, false);
        CompletableFuture<UploadedUpdate> upload =
                CompletableFuture.supplyAsync(() -> uploader(producer).upload(header(), flat, values));
        waitFor(producer, flat.chunks());
        for (int i = 0; i < flat.chunks() - 1; i++) {
            assertThat(producer.completeNext()).isTrue();
        }
        assertThat(upload).isNotDone();
        assertThat(producer.history()).hasSize(flat.chunks());

        producer.completeNext();
        waitFor(producer, flat.chunks() + 1);
        assertThat(upload).isNotDone();
        producer.completeNext();

        assertThat(upload.join().manifest().getChunkDigests()).hasSize(flat.chunks());
    }

    @Test
    void shouldSendNoManifestWhenAChunkIsNotAcknowledged() {
        assertThat(failure(new TimeoutException("expired"))).isEqualTo(ErrorCode.BROKER_UNREACHABLE);
        assertThat(failure(new RecordTooLargeException("1 GB"))).isEqualTo(ErrorCode.BROKER_REFUSED);
    }

    private ErrorCode failure(RuntimeException cause) {
        MockProducer<byte[], byte[]> producer = FakeAggregator.producer(job, false);
        CompletableFuture<UploadedUpdate> upload =
                CompletableFuture.supplyAsync(() -> uploader(producer).upload(header(), flat, values));
        waitFor(producer, flat.chunks());
        for (int i = 0; i < flat.chunks() - 1; i++) {
            producer.completeNext();
        }
        producer.errorNext(cause);
        RondoException[] thrown = new RondoException[1];
        assertThatThrownBy(upload::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .asInstanceOf(type(RondoException.class))
                .satisfies(e -> thrown[0] = e);
        assertThat(producer.history()).hasSize(flat.chunks());
        return thrown[0].code();
    }

    @Test
    void shouldRefuseAVectorOfAnotherLength() {
        MockProducer<byte[], byte[]> producer = FakeAggregator.producer(job, true);
        assertThatThrownBy(() -> uploader(producer).upload(header(), flat, new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 values");
        assertThat(producer.history()).isEmpty();
    }

    private UpdateUploader uploader(MockProducer<byte[], byte[]> producer) {
        return new UpdateUploader(producer, codec, job.topics());
    }

    private static UpdateHeader header() {
        return new UpdateHeader(
                Records.UUID, 2, 1, "site-a", "incarnation-3", "attempt-7", 40, DType.F32, Map.of("loss", 0.5));
    }

    private static void waitFor(MockProducer<byte[], byte[]> producer, int records) {
        while (producer.history().size() < records) {
            Thread.onSpinWait();
        }
    }

    private static float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i / 8f;
        }
        return values;
    }
}
