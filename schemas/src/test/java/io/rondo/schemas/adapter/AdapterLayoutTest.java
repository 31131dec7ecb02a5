package io.rondo.schemas.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.LayoutTensor;
import io.rondo.schemas.tensor.Digests;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdapterLayoutTest {

    @Test
    void shouldSurviveTheWire() {
        AdapterLayout layout = Layouts.small();

        AdapterLayout read = AdapterLayout.fromAvro(layout.toAvro());

        assertThat(read).isEqualTo(layout);
        assertThat(read.digest()).isEqualTo(layout.digest());
    }

    @Test
    void shouldHaveOneCanonicalText() {
        AdapterLayout layout = new AdapterLayout(List.of(
                new TensorShape("q.lora_A.weight", TensorRole.LORA_A, 8, 384),
                new TensorShape("classifier.bias", TensorRole.HEAD, 2)));

        assertThat(layout.canonicalText())
                .isEqualTo("rondo-layout-v1\nq.lora_A.weight lora-a 8x384\nclassifier.bias head 2\n");
        assertThat(Digests.hex(layout.digest()))
                .isEqualTo("cbc844f3fe0aca84a755cf56dfab03d454bb707a5ea6c720a437e23e8ad5a621");
    }

    @Test
    void shouldRefuseWhatIsNoLayout() {
        TensorShape tensor = new TensorShape("q", TensorRole.LORA_A, 2, 2);

        assertThatThrownBy(() -> new AdapterLayout(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AdapterLayout(List.of(tensor, tensor))).hasMessageContaining("comes twice");
        assertThatThrownBy(() -> AdapterLayout.fromAvro(List.of(new LayoutTensor("q", "lora-c", List.of(2)))))
                .hasMessageContaining("'lora-c'");
        assertThatThrownBy(() -> AdapterLayout.fromAvro(List.of(new LayoutTensor("q", "head", List.of(-1)))))
                .hasMessageContaining("[-1]");
        assertThatThrownBy(() -> AdapterLayout.fromAvro(
                        List.of(new LayoutTensor("q", "head", List.of(65536, 65536, 65536, 65536)))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TensorShape("a name", TensorRole.HEAD, 1)).hasMessageContaining("'a name'");
    }
}
