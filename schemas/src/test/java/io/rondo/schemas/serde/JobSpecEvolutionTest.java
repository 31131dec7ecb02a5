package io.rondo.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs that older versions submitted are read, and older versions read what they know of a new job. */
class JobSpecEvolutionTest {
    /** The fields of the first version. Later ones have defaults under which a job runs as it did then. */
    private static final Set<String> FIRST = Set.of(
            "name",
            "model",
            "method",
            "adapter",
            "rank",
            "alpha",
            "targetModules",
            "head",
            "labels",
            "rounds",
            "localSteps",
            "batchSize",
            "maxLength",
            "optimizer",
            "learningRate",
            "cohort",
            "minTrainers",
            "quorum",
            "deadlineMs",
            "weights",
            "strategy",
            "partitions",
            "chunkBytes",
            "replication",
            "retention",
            "dtype",
            "seed");

    private static final Schema NEW = JobSpec.getClassSchema();
    private static final Schema OLD = firstVersion();

    @BeforeAll
    static void trustTheRecordsOfTheLog() {
        LogRecords.trust();
    }

    @Test
    void shouldReadAnOldJobAsItRanThen() throws IOException {
        JobSpec read = read(new SpecificDatumReader<>(OLD, NEW), bytes(oldSpec()));

        assertThat(read.getName()).isEqualTo("old");
        assertThat(read.getLayersToTransform()).isEmpty();
        assertThat(read.getDropout()).isZero();
        assertThat(read.getLocalWarmUpSteps()).isZero();
        assertThat(read.getMicroBatchSize()).isZero();
        assertThat(read.getWeightDecay()).isZero();
        assertThat(read.getLearningRateSchedule()).isEqualTo("constant");
        assertThat(read.getWarmUpSteps()).isZero();
        assertThat(read.getMaxGradNorm()).isZero();
        assertThat(read.getGraceMs()).isZero();
        assertThat(read.getLateUpdates()).isEqualTo("reject");
        assertThat(read.getWithoutQuorum()).isEqualTo("extend");
        assertThat(read.getAbsentAfter()).isZero();
        assertThat(read.getRules()).as("decided as before there were others").isZero();
    }

    @Test
    void shouldBeReadableByTheFirstVersion() throws IOException {
        JobSpec old = read(new SpecificDatumReader<>(OLD, NEW), bytes(oldSpec()));
        JobSpec spec = JobSpec.newBuilder(old)
                .setLayersToTransform(List.of(4, 5))
                .setDropout(0.1)
                .build();

        GenericRecord read = read(
                new GenericDatumReader<GenericRecord>(NEW, OLD), bytes(new SpecificDatumWriter<>(JobSpec.class), spec));

        assertThat(read.get("name").toString()).isEqualTo("old");
        assertThat(read.get("seed")).isEqualTo(7L);
    }

    private static Schema firstVersion() {
        List<Schema.Field> fields = NEW.getFields().stream()
                .filter(field -> FIRST.contains(field.name()))
                .map(field -> new Schema.Field(field.name(), field.schema(), field.doc()))
                .toList();
        return Schema.createRecord(NEW.getName(), NEW.getDoc(), NEW.getNamespace(), false, fields);
    }

    private static GenericRecord oldSpec() {
        GenericRecord spec = new GenericData.Record(OLD);
        for (Schema.Field field : OLD.getFields()) {
            spec.put(
                    field.pos(),
                    switch (field.schema().getType()) {
                        case INT -> 7;
                        case LONG -> 7L;
                        case DOUBLE -> 0.5;
                        case ARRAY -> List.of("a", "b");
                        case ENUM -> new GenericData.EnumSymbol(field.schema(), DType.F32.name());
                        default -> "old";
                    });
        }
        return spec;
    }

    private static byte[] bytes(GenericRecord record) throws IOException {
        return bytes(new GenericDatumWriter<>(OLD), record);
    }

    private static <T> byte[] bytes(DatumWriter<T> writer, T value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        writer.write(value, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static <T> T read(DatumReader<T> reader, byte[] bytes) throws IOException {
        return reader.read(null, DecoderFactory.get().binaryDecoder(bytes, null));
    }
}
