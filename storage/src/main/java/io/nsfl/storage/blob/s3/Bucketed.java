package io.nsfl.storage.blob.s3;

import io.minio.CopyObjectArgs;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.RemoveObjectsArgs;
import io.minio.Result;
import io.minio.SourceObject;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.MinioException;
import io.minio.messages.DeleteRequest;
import io.minio.messages.DeleteResult;
import io.minio.messages.Item;
import io.nsfl.storage.blob.BlobPath;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Objects of an S3 server by their paths: the client's calls with nothing added. */
final class Bucketed {
    /** Bytes of one part of a put whose length nobody knows; an object has at most 10,000 parts. */
    static final long PART = 16L << 20;

    private final MinioClient client;

    Bucketed(MinioClient client) {
        this.client = client;
    }

    StatObjectResponse stat(BlobPath path) throws MinioException {
        return client.statObject(StatObjectArgs.builder()
                .bucket(path.bucket())
                .object(path.key())
                .build());
    }

    InputStream open(BlobPath path) throws MinioException {
        return client.getObject(
                GetObjectArgs.builder().bucket(path.bucket()).object(path.key()).build());
    }

    InputStream open(BlobPath path, long offset, long length) throws MinioException {
        return client.getObject(GetObjectArgs.builder()
                .bucket(path.bucket())
                .object(path.key())
                .offset(offset)
                .length(length)
                .build());
    }

    void put(BlobPath path, InputStream content) throws MinioException {
        client.putObject(PutObjectArgs.builder().bucket(path.bucket()).object(path.key()).stream(content, -1L, PART)
                .build());
    }

    void put(BlobPath path, byte[] content, int length) throws MinioException {
        client.putObject(PutObjectArgs.builder()
                .bucket(path.bucket())
                .object(path.key())
                .data(content, length)
                .build());
    }

    void copy(BlobPath from, BlobPath to) throws MinioException {
        client.copyObject(CopyObjectArgs.builder()
                .bucket(to.bucket())
                .object(to.key())
                .source(SourceObject.builder()
                        .bucket(from.bucket())
                        .object(from.key())
                        .build())
                .build());
    }

    /** A part of an object, to be copied by the server. */
    static SourceObject source(BlobPath path, long start, long length) {
        return SourceObject.builder()
                .bucket(path.bucket())
                .object(path.key())
                .offset(start)
                .length(length)
                .build();
    }

    /** All whose keys begin so, directory markers too. */
    List<Item> list(String bucket, String prefix) throws MinioException {
        List<Item> found = new ArrayList<>();
        for (Result<Item> each : client.listObjects(ListObjectsArgs.builder()
                .bucket(bucket)
                .prefix(prefix)
                .recursive(true)
                .build())) {
            found.add(each.get());
        }
        return found;
    }

    void remove(BlobPath path) throws MinioException {
        client.removeObject(RemoveObjectArgs.builder()
                .bucket(path.bucket())
                .object(path.key())
                .build());
    }

    void removeAll(String bucket, List<String> keys) throws MinioException {
        List<DeleteRequest.Object> objects =
                keys.stream().map(DeleteRequest.Object::new).toList();
        for (Result<DeleteResult.Error> refused : client.removeObjects(
                RemoveObjectsArgs.builder().bucket(bucket).objects(objects).build())) {
            DeleteResult.Error error = refused.get();
            throw new MinioException("%s of %s: %s".formatted(error.code(), error.objectName(), error.message()));
        }
    }
}
