package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import java.util.function.ObjLongConsumer;
import org.apache.avro.specific.SpecificRecord;

/**
 * Finds where a restarted fold begins to read the decisions and the parts, so that its start does not take longer with every
 * round. Besides the job, a fold needs the round in progress with the late updates that were accepted for it during the round
 * before, and one completed odd and one completed even round: together, the last two hold the current value of every tensor
 * that later rounds share. The end of the decisions is searched in growing windows.
 */
public final class RecentDecisions {
    /** Read in some ten milliseconds. */
    private static final long FIRST_WINDOW = 2_048;

    private static final int GROWTH = 8;

    private final Source source;
    private final long firstWindow;

    /** One copy of the decisions. */
    public interface Source {
        /** The end of the committed records, as of this call. */
        long end();

        /** Passes on each decision from an offset to the end as of this call, with its offset. */
        void readToEnd(long from, ObjLongConsumer<SpecificRecord> next);
    }

    /**
     * Where a fold begins.
     *
     * @param number of the first decision
     * @param decisions its offset; 0 if the fold reads everything
     * @param parts offset of the first part
     */
    public record Start(long number, long decisions, long parts) {
        private static final Start BEGINNING = new Start(0, 0, 0);

        /** Whether there are decisions before, of which the fold needs {@code JobStarted} only. */
        public boolean isLater() {
            return decisions > 0;
        }
    }

    public RecentDecisions(Source source) {
        this(source, FIRST_WINDOW);
    }

    /** @param firstWindow offsets that are searched first */
    public RecentDecisions(Source source, long firstWindow) {
        this.source = source;
        this.firstWindow = firstWindow;
    }

    public Start find() {
        long end = source.end();
        for (long size = firstWindow; size < end; size *= GROWTH) {
            Window window = new Window();
            source.readToEnd(end - size, window::see);
            if (window.suffices()) {
                return window.start;
            }
        }
        return Start.BEGINNING;
    }

    /** What is known of the decisions from some offset on. */
    private static final class Window {
        /** Of the last part that a decision before the start answers. */
        private long part = -1;

        private Start start;
        private boolean hasOdd;
        private boolean hasEven;

        void see(SpecificRecord decision, long offset) {
            if (start == null) {
                begin(decision, offset);
            } else if (decision instanceof RoundCompleted completed) {
                hasOdd |= completed.getRound() % 2 == 1;
                hasEven |= completed.getRound() % 2 == 0;
            }
        }

        private void begin(SpecificRecord decision, long offset) {
            DecisionHeader header = DecisionKind.header(decision);
            if (header.getSource().getTopic().equals(InputTopic.PARTS.id())) {
                part = Math.max(part, header.getSource().getOffset());
            }
            // the parts of a round that opens now come after all that were answered before
            if (decision instanceof RoundOpened && part >= 0) {
                start = new Start(header.getSequence(), offset, part + 1);
            }
        }

        boolean suffices() {
            return hasOdd && hasEven;
        }
    }
}
