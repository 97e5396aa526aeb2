package io.nsfl.modelmanager.intake;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says that this service answers; the body is a JSON string. */
@RestController
public final class HealthController {
    @GetMapping("/api/v1/health")
    public ResponseEntity<String> health() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body("\"OK\"");
    }
}
