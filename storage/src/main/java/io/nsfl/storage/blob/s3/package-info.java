/** The blob-store port over an S3 server: a path's first name is the bucket, the rest the object's key. */
package io.nsfl.storage.blob.s3;
