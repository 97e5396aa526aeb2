package io.nsfl.scheduler.intake;

import io.nsfl.protocol.job.JobJson;
import io.nsfl.scheduler.job.Job;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.springframework.http.MediaType;

/** Writes a list of jobs as they are read, so that it takes no more memory the longer it is. Nothing is written before the first came. */
final class JobList implements Consumer<Job> {
    private final HttpServletResponse response;
    private boolean begun;

    JobList(HttpServletResponse response) {
        this.response = response;
    }

    @Override
    public void accept(Job job) {
        try {
            write(begun ? "," : opening());
            begun = true;
            out().write(JobJson.bytes(job.shown()));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Once there are no more. */
    void end() throws IOException {
        write(begun ? "]}" : opening() + "]}");
    }

    private String opening() {
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        return "{\"jobs\":[";
    }

    private void write(String text) throws IOException {
        out().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private OutputStream out() throws IOException {
        return response.getOutputStream();
    }
}
