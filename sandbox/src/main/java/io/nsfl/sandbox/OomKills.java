package io.nsfl.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** How many processes the kernel has killed for want of memory: the machine's counter, which anybody may read. */
public final class OomKills implements LongSupplier {
    private static final Path COUNTERS = Path.of("/proc/vmstat");
    private static final String KEY = "oom_kill ";

    @Override
    public long getAsLong() {
        try {
            for (String line : Files.readAllLines(COUNTERS)) {
                if (line.startsWith(KEY)) {
                    return Long.parseLong(line.substring(KEY.length()).strip());
                }
            }
        } catch (IOException e) {
            // Not Linux: then a kill is a kill.
        }
        return 0;
    }
}
