package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.log.LogEntry;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UncommittedPartsTest {
    private final UncommittedParts parts = new UncommittedParts();

    @BeforeEach
    void collect() {
        parts.collect();
    }

    @Test
    void shouldGiveThePartsOfATransactionInOrder() {
        write(7);
        write(8);

        assertThat(next(7)).hasValue(7L);
        assertThat(next(8)).hasValue(8L);
        assertThat(next(9)).isEmpty();
        assertThat(parts.areWaiting()).isFalse();
    }

    @Test
    void shouldWaitForTheBroker() {
        AtomicReference<Consumer<LogEntry>> acknowledged = new AtomicReference<>();
        acknowledged.set(parts.sending(() -> acknowledged.get().accept(entry(3))));

        assertThat(next(3)).hasValue(3L);
    }

    @Test
    void shouldGiveNothingThatTheBrokerRefused() {
        parts.sending(() -> {});

        assertThat(next(0)).isEmpty();
        assertThat(parts.areWaiting()).isTrue();
    }

    @Test
    void shouldPassOverTheEndOfATransaction() {
        write(0);
        assertThat(next(0)).hasValue(0L);
        parts.committed();
        write(2);

        assertThat(next(1)).hasValue(2L);
    }

    @Test
    void shouldNotPassOverARecordOfAnotherWriter() {
        write(0);
        assertThat(next(0)).hasValue(0L);
        write(2);
        assertThat(next(1)).as("in one transaction").isEmpty();
        parts.committed();
        write(5);

        assertThat(next(3)).as("behind a transaction").isEqualTo(Optional.empty());
        assertThat(parts.areWaiting()).isTrue();
    }

    @Test
    void shouldKnowTheEndOfATransactionWhosePartsCameByTheLog() {
        write(4);
        assertThat(next(0)).isEmpty();
        parts.committed();
        assertThat(parts.areWaiting()).isFalse();
        write(6);

        assertThat(next(5)).hasValue(6L);
    }

    @Test
    void shouldCountTransactionsWithoutParts() {
        write(0);
        parts.committed();
        parts.committed();
        write(2);

        assertThat(next(1)).hasValue(2L);
    }

    @Test
    void shouldForgetWhatWasWrittenBeforeTheCoordinatorCame() {
        write(0);
        parts.collect();

        assertThat(parts.areWaiting()).isFalse();
    }

    @Test
    void shouldCollectNothingForAThreadWithoutCoordinator() {
        parts.endCollection();
        write(0);

        assertThat(parts.areWaiting()).isFalse();
        assertThat(next(0)).isEmpty();
    }

    private void write(long offset) {
        parts.sending(() -> {}).accept(entry(offset));
    }

    private Optional<Long> next(long unseenFrom) {
        return parts.next(unseenFrom).map(LogEntry::offset);
    }

    private static LogEntry entry(long offset) {
        return new LogEntry(offset, 0, null, new byte[0]);
    }
}
