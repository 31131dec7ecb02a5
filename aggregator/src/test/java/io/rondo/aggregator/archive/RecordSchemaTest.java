package io.rondo.aggregator.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

class RecordSchemaTest {
    @Test
    void shouldTakeVersionsOfARecordAndTypesThatRecordsShare() {
        Schema older = SchemaBuilder.record("UpdateManifest")
                .namespace("io.rondo.log")
                .fields()
                .requiredInt("round")
                .endRecord();

        RecordSchema schema =
                new RecordSchema(Map.of(3, UpdateManifest.getClassSchema(), 7, older, 9, TensorChunk.getClassSchema()));

        Schema parsed = new Schema.Parser().parse(schema.schema().toString());
        assertThat(parsed.getField("value").schema().getTypes())
                .extracting(Schema::getFullName)
                .containsExactly(
                        "null",
                        "bytes",
                        "io.rondo.log.schema3.UpdateManifest",
                        "io.rondo.log.schema7.UpdateManifest",
                        "io.rondo.log.schema9.TensorChunk");
        assertThat(schema.branch(7)).isEqualTo(3);
        assertThat(schema.branch(8)).isEqualTo(RecordSchema.BYTES);
    }

    @Test
    void shouldCopyTypesThatHoldThemselves() {
        Schema list = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"Node\",\"fields\":"
                        + "[{\"name\":\"next\",\"type\":[\"null\",\"Node\"]}]}");

        Schema copy =
                new RecordSchema(Map.of(1, list)).schema().getField("value").schema();

        assertThat(copy.getTypes().get(2).getFullName()).isEqualTo("schema1.Node");
    }
}
