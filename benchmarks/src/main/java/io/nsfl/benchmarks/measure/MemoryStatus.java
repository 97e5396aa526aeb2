package io.nsfl.benchmarks.measure;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of a process as the kernel counts it, in MiB.
 *
 * @param anonymous heap, off-heap buffers and stacks: what no file stands behind
 * @param peakResident the most it ever had, mapped files included
 */
record MemoryStatus(double anonymous, double peakResident) {
    private static final Pattern ANONYMOUS = Pattern.compile("RssAnon:\\s+(\\d+) kB");
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final double KIB_PER_MIB = 1024;

    /** @param status content of {@code /proc/<pid>/status}; a process that is ending has no memory in it */
    static Optional<MemoryStatus> parse(String status) {
        Matcher anonymous = ANONYMOUS.matcher(status);
        Matcher peak = PEAK.matcher(status);
        return anonymous.find() && peak.find()
                ? Optional.of(new MemoryStatus(
                        Long.parseLong(anonymous.group(1)) / KIB_PER_MIB, Long.parseLong(peak.group(1)) / KIB_PER_MIB))
                : Optional.empty();
    }
}
