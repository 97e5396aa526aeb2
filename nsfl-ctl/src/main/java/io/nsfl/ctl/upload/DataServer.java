package io.nsfl.ctl.upload;

import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.Result;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.minio.messages.ListAllMyBucketsResult;
import io.nsfl.ctl.config.CtlConfig;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The object store behind the platform: a bucket is a namespace. */
public final class DataServer {
    private static final long PART_SIZE = 16 << 20;
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    private final URI endpoint;
    private final MinioClient client;

    public DataServer(CtlConfig config) {
        this.endpoint = config.dataServerUri();
        this.client = MinioClient.builder()
                .endpoint(endpoint.toString())
                .credentials(config.requiredUser(), config.requiredPassword())
                // Named, so that no request is spent on asking for it.
                .region("us-east-1")
                .build();
    }

    public List<String> buckets() {
        return asked(() -> client.listBuckets().stream()
                .map(ListAllMyBucketsResult.Bucket::name)
                .sorted()
                .toList());
    }

    /** Stores one file. {@code counted} wraps the stream, so that progress is seen. */
    public void put(String bucket, String key, Path file, UnaryOperator<InputStream> counted) {
        asked(() -> {
            try (InputStream bytes = counted.apply(Files.newInputStream(file))) {
                client.putObject(
                        PutObjectArgs.builder().bucket(bucket).object(key).stream(bytes, Files.size(file), PART_SIZE)
                                .build());
            }
            return null;
        });
    }

    /** Whether some key begins with this; never in a bucket whose name S3 does not allow, which nobody can upload to. */
    public boolean holds(String bucket, String prefix) {
        if (!BUCKET.matcher(bucket).matches()) {
            return false;
        }
        return asked(() -> {
            Iterator<Result<Item>> found = client.listObjects(ListObjectsArgs.builder()
                            .bucket(bucket)
                            .prefix(prefix)
                            .maxKeys(1)
                            .build())
                    .iterator();
            return found.hasNext() && found.next().get() != null;
        });
    }

    /** Keys below a prefix, the newest first. */
    public List<String> newest(String bucket, String prefix) {
        return asked(() -> {
            List<Item> items = new ArrayList<>();
            for (Result<Item> result : client.listObjects(ListObjectsArgs.builder()
                    .bucket(bucket)
                    .prefix(prefix)
                    .recursive(true)
                    .build())) {
                items.add(result.get());
            }
            items.sort(Comparator.comparing(Item::lastModified).reversed());
            return items.stream().map(Item::objectName).toList();
        });
    }

    /** A small object whole, at most {@code limit} bytes. */
    public byte[] get(String bucket, String key, int limit) {
        return asked(() -> {
            try (InputStream bytes = client.getObject(
                    GetObjectArgs.builder().bucket(bucket).object(key).build())) {
                return bytes.readNBytes(limit);
            }
        });
    }

    private interface Question<T> {
        T ask() throws MinioException, IOException;
    }

    private <T> T asked(Question<T> question) {
        try {
            return question.ask();
        } catch (ErrorResponseException e) {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, told(e), e);
        } catch (MinioException | IOException e) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    "the data server " + endpoint + " does not answer (" + e.getMessage()
                            + "): is it up, and is this its address?",
                    e);
        }
    }

    private String told(ErrorResponseException e) {
        String code = e.errorResponse() == null ? "" : e.errorResponse().code();
        return switch (code) {
            case "NoSuchBucket" ->
                "the namespace " + e.errorResponse().bucketName() + " does not exist at the data server " + endpoint
                        + ": make its bucket (or directory) first";
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied" ->
                "the data server " + endpoint + " refuses this user or password (" + code
                        + "): set them by 'nsfl-ctl set config -u USER -p'";
            default -> "the data server " + endpoint + " refused: " + e.getMessage();
        };
    }
}
