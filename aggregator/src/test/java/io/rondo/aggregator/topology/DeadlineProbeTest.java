package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DeadlineProbeTest {
    private static final OptionalLong DEADLINE = OptionalLong.of(100);

    private final List<Long> asked = new ArrayList<>();
    private CompletableFuture<Long> answer = new CompletableFuture<>();
    private final DeadlineProbe probe = new DeadlineProbe(
            from -> {
                asked.add(from);
                return answer;
            },
            "rondo.j.manifests");

    @Test
    void shouldNotAskBeforeTheDeadlineIsOver() {
        assertThat(probe.passed(OptionalLong.empty(), 500, 7)).isEmpty();
        assertThat(probe.passed(DEADLINE, 100, 7)).isEmpty();

        assertThat(asked).isEmpty();
    }

    @Test
    void shouldNameTheMomentAtWhichItAskedOnceAllIsSeen() {
        assertThat(probe.passed(DEADLINE, 101, 7)).isEmpty();
        assertThat(probe.passed(DEADLINE, 111, 7)).isEmpty();
        answer.complete(6L);

        assertThat(probe.passed(DEADLINE, 121, 7)).hasValue(101);
        assertThat(asked).containsExactly(7L);
    }

    @Test
    void shouldWaitForManifestsThatWereThereWhenItAsked() {
        probe.passed(DEADLINE, 101, 7);
        answer.complete(8L);

        assertThat(probe.passed(DEADLINE, 111, 7)).isEmpty();
        assertThat(probe.passed(DEADLINE, 121, 8)).isEmpty();
        assertThat(probe.passed(DEADLINE, 131, 9)).hasValue(101);
    }

    @Test
    void shouldAskAnewForTheNextDeadline() {
        probe.passed(DEADLINE, 101, 7);
        probe.passed(OptionalLong.of(200), 150, 7);
        answer.complete(6L);

        assertThat(probe.passed(OptionalLong.of(200), 201, 7)).hasValue(201);
        assertThat(asked).containsExactly(7L, 7L);
    }

    @Test
    void shouldSayWhatCannotBeReadAndAskAgain() {
        probe.passed(DEADLINE, 101, 7);
        answer.completeExceptionally(new IllegalStateException("no broker"));

        assertThatThrownBy(() -> probe.passed(DEADLINE, 111, 7))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BROKER_UNREACHABLE, RondoException::code)
                .satisfies(e ->
                        assertThat(e).hasMessageContaining("the end of rondo.j.manifests cannot be read: no broker"));
        answer = CompletableFuture.completedFuture(6L);
        assertThat(probe.passed(DEADLINE, 121, 7)).hasValue(121);
    }
}
