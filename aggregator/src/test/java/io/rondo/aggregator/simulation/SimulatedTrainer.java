package io.rondo.aggregator.simulation;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.TrainerLeft;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/**
 * A trainer: joins, follows the rounds, sends an update in each, dies, leaves and comes back. What it was sending when it
 * died may go on as a zombie beside its next incarnation.
 */
final class SimulatedTrainer implements Actor {
    /** After these there is nothing to be sent again. */
    private static final Set<String> FINAL =
            Set.of(RejectionReason.LATE.id(), RejectionReason.DUPLICATE.id(), RejectionReason.NOT_IN_COHORT.id());

    private final World world;
    private String name;
    private final List<Upload> zombies = new ArrayList<>();
    private int incarnations;
    private String incarnation;
    private long followed;
    private RoundOpened open;
    private boolean removed;
    private Upload upload;
    private boolean training;
    private boolean gone;

    SimulatedTrainer(World world, String name) {
        this.world = world;
        this.name = name;
    }

    @Override
    public boolean isReady() {
        return (incarnation == null && !gone)
                || !zombies.isEmpty()
                || upload != null
                || (!gone && world.topics.rounds.hasFrom(followed));
    }

    @Override
    public void step() {
        if (!zombies.isEmpty() && (gone || world.dice.oneIn(3))) {
            goOn(zombies.get(0), () -> zombies.remove(0));
        } else if (incarnation == null) {
            join();
        } else if (world.dice.faultOneIn(30)) {
            die();
        } else if (world.dice.faultOneIn(60)) {
            leave();
        } else if (training && world.job.replacesTheGone() && world.dice.faultOneIn(40)) {
            goForGood();
        } else if (world.dice.faultOneIn(100)) {
            int records = world.dice.between(1, 5);
            for (int i = 0; i < records; i++) {
                world.topics.appendNoise(InputTopic.MANIFESTS, world.now());
            }
            world.tell(() -> name + " writes " + records + " records of noise to the manifests");
        } else if (world.topics.rounds.hasFrom(followed)) {
            follow();
        } else if (upload != null) {
            goOn(upload, () -> upload = null);
        }
    }

    private void join() {
        incarnation = name + "-i" + incarnations++;
        followed = 0;
        open = null;
        removed = false;
        long offset = world.topics.append(InputTopic.MANIFESTS, world.job.joined(name, incarnation), world.now());
        world.tell(() -> name + " joins as " + incarnation + ", manifest " + offset);
    }

    /** It has missed too many rounds, and says as the same incarnation that it is there. */
    private void joinAgain() {
        removed = false;
        long offset = world.topics.append(InputTopic.MANIFESTS, world.job.joined(name, incarnation), world.now());
        world.tell(() -> name + " joins again as " + incarnation + ", manifest " + offset);
    }

    private void die() {
        world.tell(() -> name + " dies as " + incarnation + (upload == null ? "" : " in " + upload));
        if (upload != null && world.dice.oneIn(2)) {
            zombies.add(upload);
        }
        upload = null;
        incarnation = null;
    }

    private void leave() {
        TrainerLeft left = TrainerLeft.newBuilder()
                .setJobUuid(TestJob.UUID)
                .setTrainer(name)
                .setIncarnation(incarnation)
                .build();
        long offset = world.topics.append(InputTopic.MANIFESTS, left, world.now());
        world.tell(() -> name + " leaves as " + incarnation + ", manifest " + offset);
        upload = null;
        incarnation = null;
    }

    /** Its id is never seen again. Somebody else may come in its place, but not for the last one. */
    private void goForGood() {
        boolean replaced = world.dice.oneIn(2);
        if (!replaced && !world.letGo()) {
            return;
        }
        world.tell(() -> name + " goes for good" + (replaced ? ", and somebody else comes" : ""));
        if (world.dice.oneIn(2)) {
            leave();
        } else {
            die();
        }
        gone = !replaced;
        name += "x";
    }

    private void goOn(Upload current, Runnable sent) {
        if (!current.isWritten()) {
            current.writeSome();
        } else {
            current.sendManifest();
            sent.run();
        }
    }

    /** Reads what is new of the rounds, and starts what it asks for. */
    private void follow() {
        RoundOpened[] wanted = {upload == null ? null : open};
        world.topics.rounds.read(followed, entry -> {
            wanted[0] = follow(entry.value(), wanted[0]);
            followed = entry.offset() + 1;
        });
        if (removed) {
            joinAgain();
        }
        if (upload != null
                && (wanted[0] == null || upload.round() != wanted[0].getRound())
                && world.dice.faultOneIn(3)) {
            // does not notice that its round is over
            zombies.add(upload);
        }
        if (wanted[0] != null && upload == null && world.dice.faultOneIn(12)) {
            // unless the round is extended
            world.tell(() -> name + " sleeps through round " + open.getRound());
            wanted[0] = null;
        }
        if (wanted[0] == null) {
            upload = null;
        } else if (upload == null || upload.round() != wanted[0].getRound()) {
            upload = begin(wanted[0]);
        }
        world.tell(() -> name + " reads the rounds up to " + (followed - 1) + ", "
                + (upload == null ? "has nothing to send" : "sends " + upload));
    }

    private Upload begin(RoundOpened round) {
        if (world.dice.faultOneIn(20)) {
            int wrong = Math.max(0, round.getRound() + world.dice.pick(List.of(-1, 1)));
            zombies.add(new Upload(world, name, incarnation, wrong, wrong - 1));
        }
        int base = round.getBaseRound() - (world.dice.faultOneIn(20) ? 1 : 0);
        return new Upload(world, name, incarnation, round.getRound(), base);
    }

    /** The round that an update is wanted for after this record. */
    private RoundOpened follow(SpecificRecord value, RoundOpened wanted) {
        if (value instanceof RoundOpened opened) {
            training = opened.getRound() > 0;
            open = opened.getCohort().contains(name) ? opened : null;
            return open;
        }
        if (value instanceof TrainerRemoved removal && removal.getIncarnation().equals(incarnation)) {
            removed = true;
            return wanted;
        }
        if (value instanceof RoundPublished || value instanceof RoundFailed) {
            open = null;
            return null;
        }
        if (value instanceof RoundExtended || value instanceof RoundReopened) {
            // whatever was refused before may be accepted now
            return open;
        }
        if (value instanceof UpdateRejected rejected && rejected.getTrainer().equals(name) && open != null) {
            boolean again = rejected.getRound() == open.getRound()
                    && (rejected.getRevoked() || !FINAL.contains(rejected.getReason()));
            return again ? open : wanted;
        }
        return wanted;
    }
}
