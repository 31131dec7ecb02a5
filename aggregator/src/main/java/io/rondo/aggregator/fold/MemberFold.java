package io.rondo.aggregator.fold;

import io.rondo.aggregator.strategy.OrderStatistic;
import io.rondo.aggregator.strategy.RunningStrategy;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Makes the chunks of an adapter from the members of a closed round, with the weights and scales that were decided last. */
final class MemberFold {
    private final FoldPlan plan;
    private final ChunkStash stash;
    private final UpdateReader reader;
    private final Supplier<CohortReader> cohort;
    private final BiConsumer<UpdateAccepted, UpdateReader.Fault> faults;

    /**
     * @param cohort makes a reader of all members at once
     * @param faults receives a member that was sound when it was summed, and what is wrong with it now
     */
    MemberFold(
            FoldPlan plan,
            ChunkStash stash,
            UpdateReader reader,
            Supplier<CohortReader> cohort,
            BiConsumer<UpdateAccepted, UpdateReader.Fault> faults) {
        this.plan = plan;
        this.stash = stash;
        this.reader = reader;
        this.cohort = cohort;
        this.faults = faults;
    }

    /**
     * The partition's chunks; nothing when a member turns out to be faulty only now.
     *
     * @param round is closed
     * @param updates those of its members, in their order, all of which are in the sum
     * @param measurement of the round, where something is measured
     */
    Optional<List<AdapterChunk>> fold(
            DecidedRound round,
            List<UpdateAccepted> updates,
            List<FlatLayout.Chunk> chunks,
            RunningSum sum,
            Optional<Measurement> measurement) {
        List<CohortMember> members = round.members();
        if (plan.summing(round.number()) instanceof OrderStatistic statistic) {
            CohortFold.Scaling scaling = measurement
                    .<CohortFold.Scaling>map(measured -> (member, chunk, values) ->
                            measured.scaled(chunk, values, members.get(member).getScale()))
                    .orElse(CohortFold.Scaling.NONE);
            return new CohortFold(cohort.get(), statistic, scaling)
                    .fold(updates, chunks, round.number(), round.revision());
        }
        boolean isAsSummed = plan.summing(round.number()) instanceof RunningStrategy
                && members.stream().allMatch(member -> member.getScale() == 1);
        return isAsSummed
                ? Optional.of(sum.result(round.number(), round.revision()))
                : sumAgain(round, updates, chunks, measurement.orElseThrow());
    }

    /** Reads the members once more: what they weigh was decided when all had been measured. */
    private Optional<List<AdapterChunk>> sumAgain(
            DecidedRound round, List<UpdateAccepted> updates, List<FlatLayout.Chunk> chunks, Measurement measurement) {
        PartialSum again = new PartialSum(plan.summingMembers(round.number()), chunks);
        stash.expect(updates);
        for (int i = 0; i < updates.size(); i++) {
            CohortMember member = round.members().get(i);
            if (member.getWeight() > 0) {
                Optional<UpdateReader.Fault> fault = reader.read(
                        updates.get(i).getManifest(),
                        chunks,
                        (chunk, values) -> again.add(
                                chunk, member.getWeight(), measurement.scaled(chunk, values, member.getScale())));
                if (fault.isPresent()) {
                    faults.accept(updates.get(i), fault.get());
                    return Optional.empty();
                }
            }
        }
        return Optional.of(again.result(round.number(), round.revision()));
    }
}
