"""Counts with known answers in R.

The counts are those of the published Table 2, in the order CSA, SCS, AZA, MTX, PT, IVIG:

    eff <- matrix(c(23,2, 21,0, 8,4, 4,3, 3,3, 5,0), ncol=2, byrow=TRUE)
    sex <- matrix(c(12,13, 11,10, 6,6, 5,2, 1,5, 2,3), ncol=2, byrow=TRUE)
    sig <- matrix(c(4,21, 1,20, 1,11, 0,7, 1,5, 0,5), ncol=2, byrow=TRUE)
    se  <- matrix(c(8,17, 5,16, 4,8, 1,6, 2,4, 0,5), ncol=2, byrow=TRUE)
    pga <- matrix(c(2,19,4, 0,20,1, 4,7,1, 3,4,0, 3,2,1, 0,5,0), ncol=3, byrow=TRUE)
"""

EFFECTIVE = [[23, 2], [21, 0], [8, 4], [4, 3], [3, 3], [5, 0]]
SEX = [[12, 13], [11, 10], [6, 6], [5, 2], [1, 5], [2, 3]]
SIGNIFICANT = [[4, 21], [1, 20], [1, 11], [0, 7], [1, 5], [0, 5]]
SIDE_EFFECT = [[8, 17], [5, 16], [4, 8], [1, 6], [2, 4], [0, 5]]
PGA = [[2, 19, 4], [0, 20, 1], [4, 7, 1], [3, 4, 0], [3, 2, 1], [0, 5, 0]]
JOB_SATISFACTION = [[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]]
MP6 = [
    [1, 2, 2, 1, 1, 0, 1],
    [2, 0, 0, 2, 3, 0, 0],
    [0, 1, 1, 1, 2, 7, 3],
    [1, 1, 2, 0, 0, 0, 1],
    [0, 1, 1, 1, 1, 0, 0],
]
TIED = [4, 7, 7, 9, 11, 11, 11, 15], [3, 5, 7, 7, 8, 11]
