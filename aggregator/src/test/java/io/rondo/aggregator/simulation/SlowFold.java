package io.rondo.aggregator.simulation;

import io.rondo.log.CohortMember;
import java.util.List;
import java.util.Map;

/** The slow twin of a fold: the weighted mean of a whole round at once, from what the trainers know they sent. */
final class SlowFold {
    private SlowFold() {}

    static float[] weightedMean(int elements, List<CohortMember> members, Map<String, Upload> uploads) {
        float[] mean = new float[elements];
        for (int i = 0; i < elements; i++) {
            double sum = 0;
            double weights = 0;
            for (CohortMember member : members) {
                Upload upload = uploads.get(member.getAttempt());
                sum += member.getWeight() * upload.value(i);
                weights += member.getWeight();
            }
            mean[i] = (float) (sum / weights);
        }
        return mean;
    }
}
