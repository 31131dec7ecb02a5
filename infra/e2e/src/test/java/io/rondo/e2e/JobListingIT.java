package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.live.JobDriver;
import io.rondo.cli.job.JobListing;
import io.rondo.log.JobSubmitted;
import io.rondo.log.Sha256;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Lists the jobs of a cluster: of each the first submission that counts, whatever else is on its topic of commands. */
@WithCluster
class JobListingIT {
    private final String prefix = "listed-" + UUID.randomUUID().toString().substring(0, 8) + '-';

    @Test
    void shouldListTheSubmissionThatCountsOfEachJob(LogConnection cluster) {
        try (JobDriver one = JobDriver.create(cluster, job("b"));
                JobDriver other = JobDriver.create(cluster, job("a"));
                JobDriver none = JobDriver.create(cluster, job("c"))) {
            Sha256 wrong = Digests.of(new byte[1]);
            one.send(
                    commands("b"),
                    otherwise("b", "not-this").setLayoutDigest(wrong).build());
            one.sendBytes(commands("b"), new byte[] {1, 2, 3});
            one.send(commands("b"), otherwise("b", "this").build());
            one.send(commands("b"), otherwise("b", "too-late").build());
            other.send(commands("a"), otherwise("b", "of-another-name").build());
            other.send(commands("a"), otherwise("a", "this-too").build());
            none.sendBytes(commands("c"), new byte[0]);

            List<JobSubmitted> listed = JobListing.read(cluster).stream()
                    .filter(job -> job.getSpec().getName().startsWith(prefix))
                    .toList();

            assertThat(listed).extracting(JobSubmitted::getJobUuid).containsExactly("this-too", "this");
        }
    }

    private TestJob job(String name) {
        return TestJob.create().with(spec -> spec.setName(prefix + name));
    }

    private Topic commands(String name) {
        return new JobTopics(prefix + name, TestJob.PARTITIONS, 1).commands();
    }

    private JobSubmitted.Builder otherwise(String name, String uuid) {
        return JobSubmitted.newBuilder(job(name).submitted()).setJobUuid(uuid);
    }
}
