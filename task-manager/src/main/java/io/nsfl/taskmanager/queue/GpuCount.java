package io.nsfl.taskmanager.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many GPUs this machine has, by its driver's own tool; none where there is no such tool. */
public final class GpuCount {
    private static final Logger LOG = LoggerFactory.getLogger(GpuCount.class);
    private static final long BOUND_SECONDS = 20;

    private GpuCount() {}

    public static int ofThisMachine(Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder("nvidia-smi", "-L").redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                LOG.warn("nvidia-smi does not answer; this client offers no GPU");
                return 0;
            }
            String listed = new String(process.getInputStream().readNBytes(1 << 16), StandardCharsets.UTF_8);
            return process.exitValue() == 0 ? count(listed) : 0;
        } catch (IOException absent) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    static int count(String listed) {
        return (int) listed.lines().filter(line -> line.startsWith("GPU ")).count();
    }
}
