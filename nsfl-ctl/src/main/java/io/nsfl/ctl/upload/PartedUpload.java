package io.nsfl.ctl.upload;

import io.minio.BaseS3Client;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.ListMultipartUploadsArgs;
import io.minio.ListPartsArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.UploadPartArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.ListMultipartUploadsResult;
import io.minio.messages.ListPartsResult;
import io.minio.messages.Part;
import io.nsfl.ctl.output.ProgressLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One file to an object store. A file that is there already is not sent; a large one goes in parts, some at the same time, and an
 * upload that was broken off is continued with the parts that it lacks. Parts are compared by length and digest.
 */
final class PartedUpload {
    private static final int AT_ONCE = 4;
    private static final int TRIES = 3;
    /** What a server says of a connection that broke, or of an hour that is bad. */
    private static final Set<String> PASSING =
            Set.of("IncompleteBody", "RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable");

    private final BaseS3Client parted;
    private final MinioClient client;

    PartedUpload(BaseS3Client parted, MinioClient client) {
        this.parted = parted;
        this.client = client;
    }

    void send(Path file, String bucket, String key, ProgressLine progress) throws IOException, MinioException {
        Parts parts = Parts.of(file, Files.size(file));
        if (isThere(parts, bucket, key)) {
            progress.skip(parts.size());
            return;
        }
        if (parts.count() == 1) {
            byte[] bytes = parts.read(0);
            tried(() -> client.putObject(PutObjectArgs.builder().bucket(bucket).object(key).stream(
                            new ByteArrayInputStream(bytes), (long) bytes.length, -1L)
                    .build()));
            progress.add(bytes.length);
            return;
        }
        Optional<String> begun = begun(bucket, key);
        Map<Integer, Part> held = begun.isPresent() ? held(bucket, key, begun.get()) : Map.of();
        String upload = begun.isPresent()
                ? begun.get()
                : joined(parted.createMultipartUpload(CreateMultipartUploadArgs.builder()
                                .bucket(bucket)
                                .object(key)
                                .build()))
                        .result()
                        .uploadId();
        Part[] sent = all(parts, bucket, key, upload, held, progress);
        joined(parted.completeMultipartUpload(CompleteMultipartUploadArgs.builder()
                .bucket(bucket)
                .object(key)
                .uploadId(upload)
                .parts(sent)
                .build()));
    }

    private boolean isThere(Parts parts, String bucket, String key) throws IOException, MinioException {
        try {
            StatObjectResponse found = client.statObject(
                    StatObjectArgs.builder().bucket(bucket).object(key).build());
            return found.size() == parts.size() && bare(found.etag()).equals(parts.etag());
        } catch (ErrorResponseException e) {
            if (e.response() != null && e.response().code() == 404) {
                return false;
            }
            throw e;
        }
    }

    private Part[] all(
            Parts parts, String bucket, String key, String upload, Map<Integer, Part> held, ProgressLine progress)
            throws IOException, MinioException {
        try (ExecutorService senders = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<Part>> sent = new ArrayList<>();
            for (int i = 0; i < parts.count(); i++) {
                int number = i;
                sent.add(senders.submit(() -> part(parts, number, bucket, key, upload, held, progress)));
            }
            Part[] result = new Part[sent.size()];
            try {
                for (int i = 0; i < result.length; i++) {
                    result[i] = sent.get(i).get();
                }
            } finally {
                senders.shutdownNow();
            }
            return result;
        } catch (ExecutionException e) {
            throw rethrown(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sending " + parts.file(), e);
        }
    }

    private Part part(
            Parts parts,
            int number,
            String bucket,
            String key,
            String upload,
            Map<Integer, Part> held,
            ProgressLine progress)
            throws IOException, MinioException {
        byte[] bytes = parts.read(number);
        Part before = held.get(number + 1);
        if (before != null
                && before.partSize() == bytes.length
                && bare(before.etag()).equals(Parts.etag(bytes))) {
            progress.skip(bytes.length);
            // An upload that was begun with checksums wants them of all parts, and not every server lists them.
            return new Part(number + 1, bare(before.etag()), null, null, null, null, Parts.sha256(bytes));
        }
        Part sent = tried(() -> joined(parted.uploadPart(UploadPartArgs.builder()
                        .bucket(bucket)
                        .object(key)
                        .uploadId(upload)
                        .partNumber(number + 1)
                        .data(bytes, bytes.length)
                        .build()))
                .part());
        progress.add(bytes.length);
        return sent;
    }

    private interface Request<T> {
        T send() throws IOException, MinioException;
    }

    /** Sent again where the connection broke; a refusal stays one. */
    private static <T> T tried(Request<T> request) throws IOException, MinioException {
        for (int attempt = 1; ; attempt++) {
            try {
                return request.send();
            } catch (IOException | MinioException | IllegalStateException e) {
                boolean refused = e instanceof ErrorResponseException told
                        && !PASSING.contains(told.errorResponse().code());
                if (refused || attempt == TRIES) {
                    throw e;
                }
            }
        }
    }

    private Optional<String> begun(String bucket, String key) throws IOException, MinioException {
        return joined(parted.listMultipartUploads(ListMultipartUploadsArgs.builder()
                        .bucket(bucket)
                        .prefix(key)
                        .build()))
                .result()
                .uploads()
                .stream()
                .filter(upload -> key.equals(upload.objectName()))
                .max(Comparator.comparing(
                        ListMultipartUploadsResult.Upload::initiated, Comparator.nullsFirst(Comparator.naturalOrder())))
                .map(ListMultipartUploadsResult.Upload::uploadId);
    }

    private Map<Integer, Part> held(String bucket, String key, String upload) throws IOException, MinioException {
        Map<Integer, Part> held = new HashMap<>();
        Integer after = null;
        while (true) {
            ListPartsResult page = joined(parted.listParts(ListPartsArgs.builder()
                            .bucket(bucket)
                            .object(key)
                            .uploadId(upload)
                            .partNumberMarker(after)
                            .build()))
                    .result();
            page.parts().forEach(part -> held.put(part.partNumber(), part));
            if (!page.isTruncated() || page.nextPartNumberMarker() == null) {
                return held;
            }
            after = page.nextPartNumberMarker();
        }
    }

    private static <T> T joined(java.util.concurrent.CompletableFuture<T> answer) throws IOException, MinioException {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw rethrown(e);
        }
    }

    private static IOException rethrown(Exception wrapped) throws MinioException {
        if (wrapped.getCause() instanceof MinioException refused) {
            throw refused;
        }
        return wrapped.getCause() instanceof IOException broken ? broken : new IOException(wrapped.getCause());
    }

    private static String bare(String etag) {
        return etag == null ? "" : etag.replace("\"", "");
    }
}
