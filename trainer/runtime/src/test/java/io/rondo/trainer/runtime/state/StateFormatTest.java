package io.rondo.trainer.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.tensor.Digests;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class StateFormatTest {

    @Test
    void shouldReadWhatItWrote() {
        assertThat(StateFormat.decode(StateFormat.encode(States.withPending()))).isEqualTo(States.withPending());
        assertThat(StateFormat.decode(StateFormat.encode(States.withoutPending())))
                .isEqualTo(States.withoutPending());
    }

    @Test
    void shouldKeepItsBytesForever() {
        assertThat(HexFormat.of().formatHex(StateFormat.encode(States.withPending())))
                .isEqualTo("524f4e444f5354310000002430623465346634652d303030302d343030302d383030302d30303030"
                        + "30303030303030314bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"
                        + "00000006736974652d6100000004000000050000000200000008712e6c6f72615f41000000020000"
                        + "0002000000020000803f000000800100000000006040000000046269617300000001000000010000"
                        + "00c001000000050000000400000009617474656d70742d3100000000000000780000000200000004"
                        + "677261644000000000000000000000046c6f73733fd0000000000000000000030000803f00000040"
                        + "00004040dcf3461d3f724797ffbb1055cc8bbbcec188a29665cfb623cf120f74efac5668");
    }

    @Test
    void shouldRefuseEveryTruncation() {
        byte[] whole = StateFormat.encode(States.withPending());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> StateFormat.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseEveryChangedByte() {
        byte[] whole = StateFormat.encode(States.withPending());
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x10;
            assertThatThrownBy(() -> StateFormat.decode(changed)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseSizesThatDoNotFitEvenUnderAValidDigest() {
        byte[] whole = StateFormat.encode(States.withPending());
        for (int at = 8; at < whole.length - 32; at++) {
            byte[] body = Arrays.copyOf(whole, whole.length - 32);
            body[at] = 0x7f;
            byte[] forged = Arrays.copyOf(body, whole.length);
            System.arraycopy(Digests.of(body).bytes(), 0, forged, body.length, 32);
            // a changed value is another state; a changed size must neither be believed nor allocated
            try {
                assertThat(StateFormat.decode(forged)).isNotEqualTo(States.withPending());
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageNotContaining("digest");
            }
        }
    }

    @Test
    void shouldRefuseBytesBehindTheState() {
        byte[] whole = StateFormat.encode(States.withoutPending());
        byte[] body = Arrays.copyOf(whole, whole.length - 31);
        body[body.length - 1] = 0;
        byte[] longer = Arrays.copyOf(body, whole.length + 1);
        System.arraycopy(Digests.of(body).bytes(), 0, longer, body.length, 32);
        assertThatThrownBy(() -> StateFormat.decode(longer)).hasMessageContaining("1 bytes follow");
    }
}
