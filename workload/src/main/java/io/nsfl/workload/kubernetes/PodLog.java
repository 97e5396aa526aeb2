package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of what a pod has written. Kubernetes counts lines from the end, and bytes only from the beginning. */
final class PodLog {
    static final int TAIL = 8 << 10;
    private static final Logger LOG = LoggerFactory.getLogger(PodLog.class);
    private static final int SHORT_LINE = 16;

    private PodLog() {}

    /** Empty when there is none, or it cannot be had now. */
    static String tail(PodResource pod, int mostBytes) {
        try (InputStream log = pod.inContainer(PodManifest.MAIN)
                .tailingLines(Math.max(1, mostBytes / SHORT_LINE))
                .getLogInputStream()) {
            return log == null ? "" : tail(log, mostBytes);
        } catch (KubernetesClientException | IOException absent) {
            LOG.debug("A pod's log cannot be read: {}", absent.getMessage());
            return "";
        }
    }

    /** Whole lines, unless the only one is longer. */
    static String tail(InputStream log, int mostBytes) throws IOException {
        byte[] kept = new byte[0];
        byte[] more = log.readNBytes(mostBytes);
        boolean cut = false;
        while (more.length > 0) {
            byte[] all = Arrays.copyOf(kept, kept.length + more.length);
            System.arraycopy(more, 0, all, kept.length, more.length);
            cut |= all.length > mostBytes;
            kept = Arrays.copyOfRange(all, Math.max(0, all.length - mostBytes), all.length);
            more = log.readNBytes(mostBytes);
        }
        String text = new String(kept, StandardCharsets.UTF_8);
        int firstLine = cut ? text.indexOf('\n') + 1 : 0;
        return text.substring(firstLine == text.length() ? 0 : firstLine);
    }
}
