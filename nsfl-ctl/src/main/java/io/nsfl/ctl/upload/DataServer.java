package io.nsfl.ctl.upload;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioAsyncClient;
import io.minio.MinioClient;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.minio.messages.ListAllMyBucketsResult;
import io.nsfl.ctl.config.CtlConfig;
import io.nsfl.ctl.config.Trust;
import io.nsfl.ctl.output.ProgressLine;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;

/** The object store behind the platform: a bucket is a namespace. */
public final class DataServer {
    private static final String REGION = "us-east-1";
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    private final CtlConfig config;
    private final URI endpoint;
    private final MinioClient client;
    private final PartedUpload upload;

    public DataServer(CtlConfig config) {
        this.config = config;
        this.endpoint = config.dataServerUri();
        OkHttpClient http = http(config);
        this.client = MinioClient.builder()
                .endpoint(endpoint.toString())
                .credentials(config.requiredUser(), config.requiredPassword())
                // Named, so that no request is spent on asking for it.
                .region(REGION)
                .httpClient(http)
                .build();
        this.upload = new PartedUpload(
                MinioAsyncClient.builder()
                        .endpoint(endpoint.toString())
                        .credentials(config.requiredUser(), config.requiredPassword())
                        .region(REGION)
                        .httpClient(http)
                        .build(),
                client);
    }

    public List<String> buckets() {
        return asked(
                "",
                () -> client.listBuckets().stream()
                        .map(ListAllMyBucketsResult.Bucket::name)
                        .sorted()
                        .toList());
    }

    /** Stores one file; what an earlier, broken call left there is not sent again. */
    public void put(String bucket, String key, Path file, ProgressLine progress) {
        asked(bucket, () -> {
            upload.send(file, bucket, key, progress);
            return null;
        });
    }

    /** Whether this bucket is there for this user. */
    public boolean hasBucket(String bucket) {
        return asked(
                bucket,
                () -> client.bucketExists(
                        BucketExistsArgs.builder().bucket(bucket).build()));
    }

    /** An object to be fetched in ranges. */
    public RemoteFile open(String bucket, String key, String name) {
        return asked(bucket, () -> {
            StatObjectResponse found = client.statObject(
                    StatObjectArgs.builder().bucket(bucket).object(key).build());
            String etag = found.etag();
            return new RemoteFile(
                    name,
                    found.size(),
                    etag == null ? "" : etag.replace("\"", ""),
                    (offset, length) -> asked(bucket, () -> {
                        try (InputStream bytes = client.getObject(GetObjectArgs.builder()
                                .bucket(bucket)
                                .object(key)
                                .offset(offset)
                                .length((long) length)
                                .build())) {
                            return bytes.readNBytes(length);
                        }
                    }));
        });
    }

    private static OkHttpClient http(CtlConfig config) {
        OkHttpClient.Builder http = new OkHttpClient.Builder()
                // Who else it may concern is for the user to say: nothing goes to a server that this one names.
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(Duration.ofSeconds(10))
                .readTimeout(TIMEOUT)
                .writeTimeout(TIMEOUT);
        if (!"https".equals(config.dataServerUri().getScheme())) {
            // Or it makes ready what TLS needs, which takes longer than all the rest of its start.
            return http.connectionSpecs(List.of(ConnectionSpec.CLEARTEXT)).build();
        }
        Trust.of(config)
                .ifPresent(trust -> http.sslSocketFactory(trust.context().getSocketFactory(), trust.authorities()));
        return http.build();
    }

    /** Whether some key begins with this; never in a bucket whose name S3 does not allow, which nobody can upload to. */
    public boolean holds(String bucket, String prefix) {
        if (!BUCKET.matcher(bucket).matches()) {
            return false;
        }
        return asked(bucket, () -> {
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
        return asked(bucket, () -> {
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
        return asked(bucket, () -> {
            try (InputStream bytes = client.getObject(
                    GetObjectArgs.builder().bucket(bucket).object(key).build())) {
                return bytes.readNBytes(limit);
            }
        });
    }

    private interface Question<T> {
        T ask() throws MinioException, IOException;
    }

    private <T> T asked(String bucket, Question<T> question) {
        try {
            return question.ask();
        } catch (ErrorResponseException e) {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, told(e, bucket), e);
        } catch (MinioException | IOException e) {
            throw silent(e);
        } catch (IllegalStateException e) {
            // How the library tells that it could not connect.
            if (e.getCause() instanceof IOException || e.getCause() instanceof CertificateException) {
                throw silent(e);
            }
            throw e;
        }
    }

    private FaultException silent(Exception e) {
        Optional<String> unproven = Trust.unproven(e, config);
        String why = e.getCause() instanceof IOException broken ? broken.getMessage() : e.getMessage();
        return new FaultException(
                Fault.STORAGE_UNAVAILABLE,
                unproven.map(words -> "the data server " + endpoint + " does not prove who it is: " + words)
                        .orElse("the data server " + endpoint + " does not answer (" + why
                                + "): is it up, and is this its address?"),
                e);
    }

    private String told(ErrorResponseException e, String bucket) {
        String code = e.errorResponse() == null ? "" : e.errorResponse().code();
        return switch (code) {
            case "NoSuchBucket" ->
                "the namespace " + bucket + " does not exist at the data server " + endpoint
                        + ": make its bucket (or directory) first";
            case "NoSuchKey" ->
                "the data server " + endpoint + " has no such file: "
                        + e.errorResponse().objectName();
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied" ->
                "the data server " + endpoint + " refuses this user or password (" + code
                        + "): set them by 'nsfl-ctl set config -u USER -p'";
            default -> "the data server " + endpoint + " refused: " + e.getMessage();
        };
    }
}
