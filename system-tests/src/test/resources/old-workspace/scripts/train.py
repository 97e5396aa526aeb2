import argparse
import os

import numpy as np
import tensorflow as tf

import neursafe_fl as nsfl
from net import build


def train(begin, end, epochs):
    with np.load(nsfl.get_dataset_path("tf_mnist"), allow_pickle=True) as f:
        x, y = f['x_train'][begin:end] / 255.0, f['y_train'][begin:end]
    model = build()
    nsfl.load_weights(model)
    model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.15),
                  loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    model.summary()
    history = model.fit(x, y, epochs=epochs, verbose=1)
    model.save(os.path.join(os.environ['TASK_WORKSPACE'], 'mine.h5'))
    nsfl.put_file('note.txt', nsfl.get_parameter('absent') or b'nothing')
    nsfl.commit_weights(model)
    nsfl.commit_metrics({'sample_num': len(x),
                         'loss': np.float32(history.history['loss'][-1]),
                         'accuracy': np.float32(history.history['accuracy'][-1])})


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--range', type=str)
    parser.add_argument('--epochs', type=int)
    parser.add_argument('--shuffle', type=str)
    parser.add_argument('--quiet', action='store_true')
    args = parser.parse_args()
    print('\r'.join('%d/1000 [====>.....]' % step for step in range(1000)))
    begin, end = [int(index) for index in args.range.split(',')]
    train(begin, end, args.epochs)
