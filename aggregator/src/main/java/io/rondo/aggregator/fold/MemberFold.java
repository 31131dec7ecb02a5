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

/** Computes the chunks of an adapter from the members of a closed round, with the weights and scales decided last. */
final class MemberFold {
    private final FoldPlan plan;
    private final ChunkStash stash;
    private final UpdateReader reader;
    private final Supplier<CohortReader> cohort;
    private final BiConsumer<UpdateAccepted, UpdateReader.Fault> faults;

    /**
     * @param cohort creates a reader of all members at once
     * @param faults receives a member that was intact when it was summed and is now faulty, and the fault
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
     * The partition's chunks; empty if a member is now found faulty.
     *
     * @param round is closed
     * @param updates the members' updates, in order, all of them in the sum
     * @param measurement the round's measurement, if it has one
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

    /** Reads the members again: their weights were decided only after all were measured. */
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
