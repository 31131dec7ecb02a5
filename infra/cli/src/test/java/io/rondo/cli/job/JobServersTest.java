package io.rondo.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JobServersTest {
    @Test
    void shouldTellAnInstanceFromTheNameOfItsClient() {
        String group = "rondo.demo.aggregator";

        assertThat(JobServers.instance(group, group + ".aggregator-1-StreamThread-1-consumer"))
                .isEqualTo("aggregator-1");
        assertThat(JobServers.instance(group, group + ".a-StreamThread-12-consumer"))
                .isEqualTo("a");
        assertThat(JobServers.instance(group, "somebody else")).isEqualTo("somebody else");
    }
}
