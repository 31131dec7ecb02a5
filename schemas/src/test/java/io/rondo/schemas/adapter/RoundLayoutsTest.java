package io.rondo.schemas.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundLayoutsTest {

    @ParameterizedTest
    @EnumSource(Method.class)
    void shouldBeThoseOfEachRound(Method method) {
        SharingPolicy policy = new SharingPolicy(method, HeadPolicy.LOCAL);
        RoundLayouts layouts = new RoundLayouts(Layouts.small(), policy, 5, 3);

        for (int round = 0; round < 7; round++) {
            FlatLayout flat = FlatLayout.of(Layouts.small(), policy, round, 5, 3);
            assertThat(layouts.of(round).tensors()).isEqualTo(flat.tensors());
            assertThat(layouts.of(round).chunksOf(1)).isEqualTo(flat.chunksOf(1));
        }
    }
}
