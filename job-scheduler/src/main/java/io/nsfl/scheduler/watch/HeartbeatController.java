package io.nsfl.scheduler.watch;

import io.nsfl.protocol.job.Heartbeat;
import io.nsfl.protocol.job.HeartbeatAnswer;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where coordinators report; reached with the internal secret only. */
@RestController
public final class HeartbeatController {
    private final Heartbeats heartbeats;

    public HeartbeatController(Heartbeats heartbeats) {
        this.heartbeats = heartbeats;
    }

    @PutMapping("/api/v1/heartbeat")
    public CompletableFuture<ResponseEntity<byte[]>> heartbeat(InputStream body) throws IOException {
        byte[] json = body.readNBytes(JobJson.MAX_DOCUMENT + 1);
        return heartbeats.receive(JobJson.read(json, Heartbeat.class)).thenApply(HeartbeatController::json);
    }

    private static ResponseEntity<byte[]> json(HeartbeatAnswer answer) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(JobJson.bytes(answer));
    }
}
