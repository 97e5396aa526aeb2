package io.nsfl.modelmanager.content;

import io.nsfl.modelmanager.content.Contents.Content;
import io.nsfl.modelmanager.model.ModelKey;
import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.upload.ByteUploads;
import io.nsfl.modelmanager.upload.Part;
import io.nsfl.modelmanager.upload.Received;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.fault.FaultBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** The bytes of models over REST: streamed in both directions, never held whole. */
@RestController
@RequestMapping("/api/v1/namespaces/{namespace}/models/{name}/versions/{version}/content")
public final class ContentController {
    /** Of the whole file, in hex. */
    static final String CHECKSUM = "X-Checksum-Sha256";
    /** How many bytes of an upload are held: where it has to go on. */
    static final String OFFSET = "Upload-Offset";

    private static final int BUFFER = 64 * 1024;

    private final ByteUploads uploads;
    private final Contents contents;
    private final ModelTable table;

    public ContentController(ByteUploads uploads, Contents contents, ModelTable table) {
        this.uploads = uploads;
        this.contents = contents;
        this.table = table;
    }

    /**
     * Takes the whole file, or with {@code Content-Range} a part of it that continues what is held. 200 with the model: the file is
     * complete; 202: more is to come, from {@code Upload-Offset} on; 409: the part does not begin there.
     */
    @PutMapping
    public ResponseEntity<byte[]> put(
            @PathVariable String namespace,
            @PathVariable String name,
            @PathVariable String version,
            @RequestHeader(name = HttpHeaders.CONTENT_RANGE, required = false) String range,
            @RequestHeader(name = CHECKSUM, required = false) String checksum,
            HttpServletRequest request)
            throws IOException {
        ModelKey key = ModelKey.of(namespace, name, version);
        table.require(key);
        Part part = ContentRange.part(range, request.getContentLengthLong(), checksum);
        Received received = uploads.receive(key, part, request.getInputStream());
        if (!received.continued()) {
            FaultException conflict = new FaultException(
                    Fault.MODEL_CONTENT_CONFLICT,
                    "The part begins at %d, but %d bytes are held: go on from there."
                            .formatted(part.offset(), received.held()));
            return answer(HttpStatus.CONFLICT, received.held(), JobJson.bytes(FaultBody.of(conflict)));
        }
        boolean complete = received.version().sha256().isPresent();
        return answer(
                complete ? HttpStatus.OK : HttpStatus.ACCEPTED,
                received.held(),
                JobJson.bytes(received.version().shown()));
    }

    /** Gives the file or a range of it; to HEAD only what is known of it, before it is complete how much is held. */
    @RequestMapping(method = {RequestMethod.GET, RequestMethod.HEAD})
    public void get(
            @PathVariable String namespace,
            @PathVariable String name,
            @PathVariable String version,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        ModelKey key = ModelKey.of(namespace, name, version);
        boolean head = request.getMethod().equals("HEAD");
        Content content;
        try {
            content = contents.require(key);
        } catch (FaultException conflict) {
            if (conflict.fault() == Fault.MODEL_CONTENT_CONFLICT) {
                response.setHeader(OFFSET, Long.toString(uploads.held(table.require(key))));
            }
            throw conflict;
        }
        String tag = "\"" + content.sha256() + "\"";
        response.setHeader(HttpHeaders.ETAG, tag);
        response.setHeader(CHECKSUM, content.sha256());
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        if (tag.equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatus(HttpStatus.NOT_MODIFIED.value());
            return;
        }
        String condition = request.getHeader(HttpHeaders.IF_RANGE);
        Optional<ByteRange> range = condition == null || condition.equals(tag)
                ? ByteRange.of(request.getHeader(HttpHeaders.RANGE), content.size())
                : Optional.empty();
        if (range.isPresent() && range.get().length() == 0) {
            response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + content.size());
            FaultBody.of(new FaultException(
                            Fault.MODEL_REQUEST_INVALID, "The file has %d bytes.".formatted(content.size())))
                    .write(response, HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE.value());
            return;
        }
        ByteRange wanted = range.orElse(new ByteRange(0, content.size()));
        if (range.isPresent()) {
            response.setStatus(HttpStatus.PARTIAL_CONTENT.value());
            response.setHeader(
                    HttpHeaders.CONTENT_RANGE,
                    "bytes %d-%d/%d".formatted(wanted.first(), wanted.first() + wanted.length() - 1, content.size()));
        }
        response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
        response.setContentLengthLong(wanted.length());
        if (!head) {
            stream(content, wanted, response);
        }
    }

    private void stream(Content content, ByteRange wanted, HttpServletResponse response) throws IOException {
        try (InputStream in = contents.open(content, wanted.first(), wanted.length())) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                response.getOutputStream().write(buffer, 0, count);
            }
        }
    }

    private static ResponseEntity<byte[]> answer(HttpStatus status, long held, byte[] body) {
        return ResponseEntity.status(status)
                .header(OFFSET, Long.toString(held))
                .contentType(MediaType.APPLICATION_JSON)
                .body(body);
    }
}
