package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.InMemorySchemas;
import io.rondo.schemas.serde.RecordCodec;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class KafkaTrainerLogTest {
    private final InMemorySchemas schemas = new InMemorySchemas();
    private final RecordCodec codec = schemas.codec();

    @Test
    void shouldPassOverARecordOfANewerType() {
        Schema newer = new Schema.Parser()
                .parse("{\"type\":\"record\",\"namespace\":\"io.rondo.log\",\"name\":\"RoundPraised\",\"fields\":["
                        + "{\"name\":\"round\",\"type\":\"int\"}]}");
        byte[] value = ByteBuffer.allocate(6)
                .put((byte) 0)
                .putInt(schemas.register(newer))
                .put((byte) 2)
                .array();

        assertThat(KafkaTrainerLog.decode(codec, "rounds", value)).isEmpty();
        assertThat(KafkaTrainerLog.decode(codec, "rounds", codec.encode("rounds", Records.finished())))
                .contains(Records.finished());
    }

    @Test
    void shouldNotPassOverWhatIsNoRecord() {
        assertThatThrownBy(() -> KafkaTrainerLog.decode(codec, "rounds", new byte[] {7}))
                .isInstanceOf(RondoException.class)
                .hasMessageContaining("rounds");
    }
}
