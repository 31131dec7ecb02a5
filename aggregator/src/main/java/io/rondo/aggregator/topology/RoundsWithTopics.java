package io.rondo.aggregator.topology;

import io.rondo.aggregator.round.Outbox;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import org.apache.avro.specific.SpecificRecord;

/** Opens a round only once its topic exists: the decision is not written before. */
final class RoundsWithTopics implements Outbox {
    private final Outbox outbox;
    private final RoundTopics topics;

    RoundsWithTopics(Outbox outbox, RoundTopics topics) {
        this.outbox = outbox;
        this.topics = topics;
    }

    @Override
    public Sha256 decide(SpecificRecord decision) {
        if (decision instanceof JobStarted started) {
            topics.use(started.getSpec());
        } else if (decision instanceof RoundOpened opened) {
            topics.require(opened.getRound());
        }
        return outbox.decide(decision);
    }

    @Override
    public void tell(SpecificRecord record) {
        outbox.tell(record);
    }

    @Override
    public Sha256 publish(RoundPublished published) {
        return outbox.publish(published);
    }
}
