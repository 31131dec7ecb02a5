package io.rondo.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
    @Test
    void shouldFindThePeakInMegabytes() {
        List<String> status = List.of("Name:\tjava", "VmPeak:\t 9000000 kB", "VmHWM:\t  250000 kB", "VmRSS:\t  1 kB");

        assertThat(ProcessMemory.of(status)).hasValue(256.0);
    }

    @Test
    void shouldNotMakeUpAPeak() {
        assertThat(ProcessMemory.of(List.of("VmRSS:\t  250000 kB"))).isEmpty();
        assertThat(ProcessMemory.ofProcess(Long.MAX_VALUE)).isEmpty();
    }
}
