package io.rondo.aggregator.simulation;

import io.rondo.aggregator.round.Outbox;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** An outbox that keeps what a coordinator decides, in order. */
final class Decided implements Outbox {
    private final List<Output> outputs = new ArrayList<>();

    /** @param told whether it goes to the rounds topic */
    record Output(SpecificRecord value, Sha256 bodyDigest, boolean told) {}

    @Override
    public Sha256 decide(SpecificRecord decision) {
        return keep(decision, false);
    }

    @Override
    public void tell(SpecificRecord decision) {
        Output last = outputs.remove(outputs.size() - 1);
        outputs.add(new Output(decision, last.bodyDigest(), true));
    }

    @Override
    public Sha256 publish(RoundPublished published) {
        return keep(published, true);
    }

    private Sha256 keep(SpecificRecord value, boolean told) {
        Sha256 digest = Bodies.digest(value);
        outputs.add(new Output(value, digest, told));
        return digest;
    }

    List<Output> outputs() {
        return outputs;
    }

    void clear() {
        outputs.clear();
    }

    List<Sha256> digests() {
        return outputs.stream().map(Output::bodyDigest).toList();
    }

    @Override
    public String toString() {
        return outputs.stream()
                .map(output -> output.value().getSchema().getName())
                .toList()
                .toString();
    }
}
