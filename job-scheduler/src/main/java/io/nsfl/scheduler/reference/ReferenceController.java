package io.nsfl.scheduler.reference;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.net.URI;
import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The document and its page, for everybody: they show no data. The page fetches nothing from anywhere else. */
@RestController
public final class ReferenceController {
    private static final String POLICY =
            "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
                    + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private final ApiDocument document;
    private final PageFiles files;

    public ReferenceController(ApiDocument document, PageFiles files) {
        this.document = document;
        this.files = files;
    }

    @GetMapping("/api/v1/openapi.yaml")
    public ResponseEntity<byte[]> yaml() {
        return shown(MediaType.APPLICATION_YAML, document.yaml());
    }

    @GetMapping("/api/v1/openapi.json")
    public ResponseEntity<byte[]> json() {
        return shown(MediaType.APPLICATION_JSON, document.json());
    }

    /** The page's own links need the slash at its end. */
    @GetMapping("/api/v1/docs")
    public ResponseEntity<Void> page() {
        return ResponseEntity.status(HttpStatus.FOUND)
                .location(URI.create("docs/"))
                .build();
    }

    @GetMapping("/api/v1/docs/")
    public ResponseEntity<byte[]> index() {
        return file(PageFiles.INDEX);
    }

    @GetMapping("/api/v1/docs/{file}")
    public ResponseEntity<byte[]> file(@PathVariable String file) {
        return files.find(file)
                .map(found -> shown(found.type(), found.content()))
                .orElseThrow(() -> new FaultException(
                        Fault.PATH_UNKNOWN, "There is nothing at this path: the page is at /api/v1/docs/."));
    }

    private static ResponseEntity<byte[]> shown(MediaType type, byte[] content) {
        return ResponseEntity.ok()
                .contentType(type)
                .cacheControl(CacheControl.maxAge(Duration.ofHours(1)))
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .body(content);
    }
}
