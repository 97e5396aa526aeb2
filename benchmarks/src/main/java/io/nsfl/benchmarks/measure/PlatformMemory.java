package io.nsfl.benchmarks.measure;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of a platform whose services share one process. */
public final class PlatformMemory {
    private PlatformMemory() {}

    /** Anonymous memory now, MiB. */
    public static double anonymous(long pid) throws IOException {
        return MemoryStatus.parse(Files.readString(Path.of("/proc", Long.toString(pid), "status")))
                .map(MemoryStatus::anonymous)
                .orElseThrow(() -> new FaultException(Fault.INTERNAL_ERROR, "The platform has ended."));
    }
}
