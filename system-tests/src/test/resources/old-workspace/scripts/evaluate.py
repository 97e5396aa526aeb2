import argparse

import numpy as np

import neursafe_fl as nsfl
from net import build

parser = argparse.ArgumentParser()
parser.add_argument('--range', type=str)
args, _ = parser.parse_known_args()
begin, end = [int(index) for index in args.range.split(',')]
with np.load(nsfl.get_dataset_path("tf_mnist")) as f:
    x, y = f['x_test'][begin:end] / 255.0, f['y_test'][begin:end]
model = build()
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
nsfl.load_weights(model)
loss, accuracy = model.evaluate(x, y)
nsfl.commit_metrics({'loss': loss, 'accuracy': accuracy})
