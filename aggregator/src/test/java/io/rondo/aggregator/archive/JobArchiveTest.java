package io.rondo.aggregator.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.aggregator.log.RoundRange;
import io.rondo.aggregator.replay.RecordedLogs;
import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationProgress;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobArchiveTest {
    private final RecordedLogs log = RecordedLogs.threeRounds();
    private final TopicPartition manifests =
            new TopicPartition(log.topics().manifests().name(), 0);

    @TempDir
    private Path directory;

    @Test
    void shouldVerifyAJobFromItsFiles() {
        Archive archive = write(RoundRange.ALL);

        assertThat(archive.index().from()).isZero();
        assertThat(archive.index().to()).isEqualTo(2);
        assertThat(archive.index().published()).hasSize(3);
        VerificationReport report = verify(archive);
        assertThat(report.differences()).isEmpty();
        assertThat(report.rounds()).extracting(RoundVerification::updates).containsExactly(1, 3, 2);
        assertThat(report.isSound()).isTrue();
    }

    @Test
    void shouldWriteTheSameBytesAgain() throws IOException {
        String digest = write(RoundRange.ALL).digest();

        JobArchiver.Written again =
                archiver(Set.of(0, 1, 2)).write(RoundRange.ALL, directory.resolve("again"), VerificationProgress.NONE);

        assertThat(again.archive().digest()).isEqualTo(digest);
    }

    @Test
    void shouldGiveEveryRecordBackBitByBit() {
        List<ConsumerRecord<byte[], byte[]>> records = log.of(manifests);
        byte[] cutOff = Arrays.copyOf(records.get(0).value(), records.get(0).value().length - 1);
        byte[] tooLong = Arrays.copyOf(records.get(0).value(), records.get(0).value().length + 1);
        long offset = records.size() + 3L;
        for (byte[] value : Arrays.asList(null, new byte[0], new byte[] {0, 0, 0}, cutOff, tooLong, noise())) {
            ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                    manifests.topic(),
                    0,
                    offset++,
                    7,
                    TimestampType.LOG_APPEND_TIME,
                    0,
                    0,
                    new byte[] {1},
                    value,
                    new RecordHeaders(),
                    Optional.empty());
            record.headers().add("empty", null).add("name", "väl".getBytes(StandardCharsets.UTF_8));
            records.add(record);
        }

        Archive archive = write(RoundRange.ALL);

        archive.topics().forEach(topic -> {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                TopicPartition source = new TopicPartition(topic.name(), partition);
                assertThat(all(archive, source))
                        .extracting(JobArchiveTest::text)
                        .containsExactlyElementsOf(log.of(source).stream()
                                .map(JobArchiveTest::text)
                                .toList());
            }
        });
    }

    @Test
    void shouldBeReadByAnyAvroTool() throws IOException {
        write(RoundRange.ALL);
        List<String> trainers = new ArrayList<>();

        try (DataFileReader<GenericRecord> file = new DataFileReader<>(
                directory.resolve("archive/manifests-0.avro").toFile(), new GenericDatumReader<>())) {
            for (GenericRecord record : file) {
                GenericRecord value = (GenericRecord) record.get("value");
                if (value.getSchema().getName().equals("UpdateManifest") && (Integer) value.get("round") == 1) {
                    trainers.add(value.get("trainer").toString());
                }
            }
        }

        assertThat(trainers).containsExactly("b", "a", "c");
    }

    @Test
    void shouldKeepSomeRounds() {
        Archive archive = write(new RoundRange(1, 500));

        assertThat(archive.index().from()).isEqualTo(1);
        assertThat(archive.index().to()).isEqualTo(2);
        assertThat(directory.resolve("archive/round.000000-0.avro")).doesNotExist();
        assertThat(verify(archive).isSound()).isTrue();
        fails(ErrorCode.BAD_CONFIG, () -> Archive.open(directory.resolve("archive"), new RoundRange(0, 1)))
                .hasMessageContaining("has 1 to 2");
    }

    @Test
    void shouldRefuseRoundsThatAreGoneOrToCome() {
        fails(ErrorCode.LOG_INCOMPLETE, () -> archive(Set.of(0, 2), new RoundRange(0, 2)))
                .hasMessageContaining("round 1");
        fails(ErrorCode.BAD_CONFIG, () -> archive(Set.of(0, 1, 2), new RoundRange(3, 4)))
                .hasMessageContaining("the last one is 2");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldKeepNothingOfALogThatDoesNotVerify() {
        TopicPartition chunks = new TopicPartition(log.topics().round(1).name(), 1);
        ConsumerRecord<byte[], byte[]> record = log.of(chunks).get(0);
        record.value()[record.value().length - 1] ^= 1;

        fails(ErrorCode.VERIFICATION_FAILED, () -> write(RoundRange.ALL)).hasMessageContaining("round 1");

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldNeverWriteOverAnything() throws IOException {
        Files.createDirectory(directory.resolve("archive"));

        fails(ErrorCode.ARCHIVE_EXISTS, () -> write(RoundRange.ALL));

        assertThat(directory.resolve("archive")).isEmptyDirectory();
    }

    @Test
    void shouldNameTheChangedFileAndWhatIsUntouched() throws IOException {
        write(RoundRange.ALL);
        Path archive = directory.resolve("archive");
        change(archive.resolve("round.000001-2.avro"));

        fails(ErrorCode.ARCHIVE_CORRUPT, () -> Archive.open(archive, RoundRange.ALL))
                .hasMessageContaining("1 of")
                .hasMessageContaining("round.000001-2.avro has another SHA-256")
                .satisfies(failure -> assertThat(((RondoException) failure).nextStep())
                        .contains("rounds other than [1] are untouched"));
        assertThat(verify(Archive.open(archive, new RoundRange(2, 2))).isSound())
                .isTrue();
    }

    @Test
    void shouldNameFilesThatAreCutOffOrMissing() throws IOException {
        write(RoundRange.ALL);
        Path archive = directory.resolve("archive");
        Path decisions = archive.resolve("decisions-1.avro");
        byte[] bytes = Files.readAllBytes(decisions);
        Files.write(decisions, Arrays.copyOf(bytes, bytes.length - 20));
        Files.delete(archive.resolve("manifests-0.avro"));

        fails(ErrorCode.ARCHIVE_CORRUPT, () -> Archive.open(archive, RoundRange.ALL))
                .hasMessageContaining("decisions-1.avro has " + (bytes.length - 20) + " bytes, not " + bytes.length)
                .hasMessageContaining("block 0 is truncated")
                .hasMessageContaining("manifests-0.avro is missing");
    }

    @Test
    void shouldRefuseIndexesThatAreNone() throws IOException {
        Path archive = directory.resolve("archive");
        fails(ErrorCode.ARCHIVE_NOT_FOUND, () -> Archive.open(archive, RoundRange.ALL));
        write(RoundRange.ALL);
        String index = Files.readString(archive.resolve("index.json"));

        for (String hostile : List.of(
                "",
                "{}",
                "[]",
                index.substring(0, index.length() / 2),
                index.replace("\"format\" : 1", "\"format\" : 2"),
                index.replace("\"partitions\" : 3", "\"partitions\" : 2000000000"),
                index.replace("\"to\" : 2", "\"to\" : 999999"),
                index.replace("manifests-0.avro", "../manifests-0.avro"),
                index.replace("\"job\" : \"test\"", "\"job\" : null"))) {
            Files.writeString(archive.resolve("index.json"), hostile);
            fails(ErrorCode.ARCHIVE_CORRUPT, () -> Archive.open(archive, RoundRange.ALL))
                    .hasMessageContaining("index.json");
        }
    }

    private Archive write(RoundRange range) {
        return archive(Set.of(0, 1, 2), range);
    }

    private Archive archive(Set<Integer> present, RoundRange range) {
        return archiver(present)
                .write(range, directory.resolve("archive"), VerificationProgress.NONE)
                .archive();
    }

    private JobArchiver archiver(Set<Integer> present) {
        LogSource source = (partitions, records) ->
                partitions.forEach(partition -> log.of(partition).forEach(records));
        return new JobArchiver(source, log.topics(), present, log::schema, log.codec());
    }

    private static VerificationReport verify(Archive archive) {
        try (ArchiveJobLog files = new ArchiveJobLog(archive)) {
            return new Verifier(files, archive.range(), VerificationProgress.NONE).verify();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> all(Archive archive, TopicPartition source) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (PartitionFile file = archive.open(source.topic(), source.partition())) {
            for (var record = file.next(); record.isPresent(); record = file.next()) {
                records.add(record.get());
            }
        }
        return records;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(header.key() + '=' + Arrays.toString(header.value())));
        return record.offset() + " " + record.timestamp() + " " + record.timestampType() + " "
                + Arrays.toString(record.key()) + " " + headers + " " + Arrays.toString(record.value());
    }

    /** In wire format, with an id that no registry gave. */
    private static byte[] noise() {
        return new byte[] {0, 99, 98, 97, 96, 1, 2, 3};
    }

    private static void change(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> fails(
            ErrorCode code, ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(RondoException.class).satisfies(failure -> assertThat(
                        ((RondoException) failure).code())
                .isEqualTo(code));
    }
}
