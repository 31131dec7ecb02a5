package io.rondo.schemas.adapter;

import static io.rondo.schemas.adapter.Sharing.FROZEN;
import static io.rondo.schemas.adapter.Sharing.LOCAL;
import static io.rondo.schemas.adapter.Sharing.SHARED;
import static io.rondo.schemas.adapter.TensorRole.HEAD;
import static io.rondo.schemas.adapter.TensorRole.LORA_A;
import static io.rondo.schemas.adapter.TensorRole.LORA_B;
import static io.rondo.schemas.adapter.TensorRole.VERA_LAMBDA_B;
import static io.rondo.schemas.adapter.TensorRole.VERA_LAMBDA_D;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SharingPolicyTest {

    @ParameterizedTest
    @CsvSource({
        "FEDSA,     SHARED, LOCAL,  SHARED, LOCAL",
        "FEDIT,     SHARED, SHARED, SHARED, SHARED",
        "FFA,       FROZEN, SHARED, FROZEN, SHARED",
        "FED_ALORA, LOCAL,  SHARED, LOCAL,  SHARED",
        "ROLORA,    FROZEN, SHARED, SHARED, FROZEN",
        "LOCAL,     LOCAL,  LOCAL,  LOCAL,  LOCAL",
    })
    void shouldFollowTheTableOfMethods(Method method, Sharing oddA, Sharing oddB, Sharing evenA, Sharing evenB) {
        SharingPolicy policy = new SharingPolicy(method, HeadPolicy.LOCAL);

        assertThat(policy.of(LORA_A, 1)).isEqualTo(oddA);
        assertThat(policy.of(LORA_B, 1)).isEqualTo(oddB);
        assertThat(policy.of(LORA_A, 2)).isEqualTo(evenA);
        assertThat(policy.of(LORA_B, 2)).isEqualTo(evenB);
        assertThat(policy.of(VERA_LAMBDA_D, 1)).isEqualTo(oddA);
        assertThat(policy.of(VERA_LAMBDA_B, 1)).isEqualTo(oddB);
        assertThat(policy.of(HEAD, 1)).isEqualTo(LOCAL);
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void shouldPublishTheCommonStartInRoundZero(Method method) {
        SharingPolicy policy = new SharingPolicy(method, HeadPolicy.LOCAL);

        assertThat(policy.of(LORA_A, 0)).isEqualTo(SHARED);
        assertThat(policy.of(LORA_B, 0)).isEqualTo(policy.everShared(LORA_B) ? SHARED : LOCAL);
        assertThat(policy.of(HEAD, 0)).isEqualTo(LOCAL);
    }

    @Test
    void shouldShareTheHeadOnlyWhenAsked() {
        assertThat(new SharingPolicy(Method.FEDSA, HeadPolicy.SHARED).of(HEAD, 3))
                .isEqualTo(SHARED);
        assertThat(new SharingPolicy(Method.FEDSA, HeadPolicy.SHARED).of(HEAD, 0))
                .isEqualTo(SHARED);
        assertThat(new SharingPolicy(Method.FFA, HeadPolicy.LOCAL).of(LORA_A, 7))
                .isEqualTo(FROZEN);
    }

    @Test
    void shouldRefuseASharedHeadWhereNothingIsShared() {
        assertThatThrownBy(() -> new SharingPolicy(Method.LOCAL, HeadPolicy.SHARED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shares nothing");
    }

    /** The table of the paper: RoBERTa-large, query and value, head local. */
    @ParameterizedTest
    @CsvSource({"FEDSA,2,98304", "FEDSA,4,196608", "FEDSA,8,393216", "FEDSA,16,786432", "FEDIT,8,786432", "FFA,8,393216"
    })
    void shouldUploadAsManyFloatsAsThePaper(Method method, int rank, int floats) {
        AdapterLayout layout = Layouts.encoder(24, 1024, rank);

        FlatLayout flat = FlatLayout.of(layout, new SharingPolicy(method, HeadPolicy.LOCAL), 1, 8192, 4);

        assertThat(flat.elements()).isEqualTo(floats);
    }

    @Test
    void shouldScaleLikeThePaper() {
        assertThat(AdapterKind.LORA.scaling(16, 8)).isEqualTo(2);
        assertThat(AdapterKind.RSLORA.scaling(16, 8)).isBetween(5.6568, 5.6569);
        assertThat(AdapterKind.VERA.scaling(16, 256)).isEqualTo(1);
    }
}
