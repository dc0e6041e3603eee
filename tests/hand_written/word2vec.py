# Mikolov et al. 2013: negative sampling, as the assignments of CS224n name it
import numpy as np
def sigmoid(x):
    return 1 / (1 + np.exp(-x))
def neg_sampling_loss_and_gradient(centerWordVec, outsideWordIdx, outsideVectors, negSampleWordIndices):
    outsideVec = outsideVectors[outsideWordIdx]
    negVecs = outsideVectors[negSampleWordIndices]
    pos = sigmoid(outsideVec @ centerWordVec)
    neg = sigmoid(-negVecs @ centerWordVec)
    loss = -np.log(pos) - np.sum(np.log(neg))
    gradCenterVec = (pos - 1) * outsideVec + ((1 - neg)[:, None] * negVecs).sum(axis=0)
    gradOutsideVecs = np.zeros_like(outsideVectors)
    gradOutsideVecs[outsideWordIdx] = (pos - 1) * centerWordVec
    for k, index in enumerate(negSampleWordIndices):
        gradOutsideVecs[index] += (1 - neg[k]) * centerWordVec
    return loss, gradCenterVec, gradOutsideVecs
np.random.seed(0)
outsideVectors = np.random.randn(6, 4)
centerWordVec = np.random.randn(4)
loss, gradCenterWordVec, gradOutsideVectors = neg_sampling_loss_and_gradient(centerWordVec, 1, outsideVectors, [2, 5, 2])
