package io.rondo.cli.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RegistryGateTest {
    @Test
    void shouldLetTrainersReadAndLookUpOnly() {
        assertThat(RegistryGate.isAllowed("trainer", "GET", "/schemas/ids/7")).isTrue();
        assertThat(RegistryGate.isAllowed("trainer", "GET", "/config/s")).isTrue();
        assertThat(RegistryGate.isAllowed("trainer", "POST", "/subjects/io.rondo.log.A"))
                .isTrue();
        assertThat(RegistryGate.isAllowed("trainer", "POST", "/subjects/io.rondo.log.A/versions"))
                .isFalse();
        assertThat(RegistryGate.isAllowed("trainer", "PUT", "/config/s")).isFalse();
        assertThat(RegistryGate.isAllowed("trainer", "PUT", "/mode")).isFalse();
        assertThat(RegistryGate.isAllowed("trainer", "DELETE", "/subjects/s")).isFalse();
        assertThat(RegistryGate.isAllowed("", "DELETE", "/subjects/s")).isFalse();
        assertThat(RegistryGate.isAllowed("trainer", "PATCH", "/subjects/s")).isFalse();
    }

    @Test
    void shouldLetWhoWritesLogsRegisterSchemas() {
        for (String unit : new String[] {"admin", "operator", "aggregator"}) {
            assertThat(RegistryGate.isAllowed(unit, "POST", "/subjects/s/versions"))
                    .isTrue();
            assertThat(RegistryGate.isAllowed(unit, "PUT", "/config/s")).isTrue();
        }
        assertThat(RegistryGate.isAllowed("operator", "CONNECT", "/")).isFalse();
    }
}
