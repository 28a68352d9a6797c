"""The written table: every route with each of its methods, and whom it lets in. Whoever is not named is refused.

A line is: method, route, what it is tried on, [what a token has to carry,] whom it lets in.

    V  a volunteer                       D  a leader                            F  a facilitator
    L  the lead of the experiment        P  a leader who is on the team         A  an administrator
    T  somebody on its team              S  a leader who sponsors it            B  an observer
    O  the lead of another experiment    U  an operations owner of the unit     W  an operations owner of another

`inside` is all of them but the observer, `all` is everybody with an account, `anybody` is whoever comes by, signed in
or not, and `nobody` is nobody at all. Nobody whose account has ended is let in where an account is asked for.

What things are tried on, and who has which part in them, is told in `cast.py`: L leads every experiment and is
accountable for every initiative, T suggested the initiatives and raised the challenge, V owns the measure, the token,
the passkey and the device, and was named to remove the barrier.
"""

PAGES = """
# Home, finding, and the trail
GET    /                                                        -            all
GET    /search                                                  -            all
GET    /me                                                      -            all
GET    /change                                                  -            inside
GET    /trail                                                   -            DPSFA

# Coming in
GET    /sign-in                                                 -            anybody
POST   /sign-in                                                 -            anybody
POST   /sign-in/passkey                                         -            anybody
GET    /sign-in/second-step                                     -            nobody      who is not half way
POST   /sign-in/second-step                                     -            nobody      who is not half way
POST   /sign-out                                                -            all
GET    /first-run                                               -            nobody      once there is somebody
POST   /first-run                                               -            nobody      once there is somebody
GET    /password                                                -            anybody
POST   /password                                                -            anybody
GET    /password/<token>                                        link         anybody
POST   /password/<token>                                        link         anybody
POST   /language                                                -            anybody
GET    /static/<filename>                                       style        anybody
GET    /fs-static/<filename>                                    script       anybody

# One's own account
GET    /account                                                 -            all
POST   /account                                                 -            all
GET    /account/password                                        -            all
POST   /account/password                                        -            all
GET    /account/data                                            -            all
POST   /account/data                                            -            all
GET    /account/signing-in                                      -            all
POST   /account/app                                             -            all
POST   /account/app/confirmation                                -            all
POST   /account/app/removal                                     -            all
GET    /account/passkeys/new                                    -            all
POST   /account/passkeys                                        -            all
POST   /account/passkeys/<passkey_id>/removal                   passkey      V
POST   /account/recovery-codes                                  -            all
POST   /account/devices/<sign_in_id>/ending                     device       V
POST   /account/devices/ending                                  -            all
GET    /account/tokens                                          -            all
POST   /account/tokens                                          -            all
POST   /account/tokens/<token_id>/revocation                    token        V

# People, units, house rules
GET    /people                                                  -            inside
GET    /people/new                                              -            A
POST   /people                                                  -            A
GET    /people/<handle>                                         person       inside
POST   /people/<handle>/roles                                   person       A
POST   /people/<handle>/invitation                              person       A
POST   /people/<handle>/deactivation                            person       A
POST   /people/<handle>/reactivation                            departed     A
POST   /people/<handle>/pseudonym                               departed     A
POST   /people/<handle>/devices/ending                          person       A
POST   /people/<handle>/second-step/removal                     person       A
GET    /units                                                   -            A
POST   /units                                                   -            A
GET    /units/<handle>                                          unit         A
POST   /units/<handle>                                          unit         A
GET    /house-rules                                             -            all
GET    /house-rules/change                                      -            A
POST   /house-rules                                             -            A

# Direction and measures
GET    /direction                                               -            inside
GET    /direction/big-opportunity                               -            DPS
POST   /direction/big-opportunity                               -            DPS
GET    /direction/visions/<months>                              vision       DPS
POST   /direction/visions/<months>                              vision       DPS
GET    /phases/new                                              -            DPS
POST   /phases                                                  -            DPS
GET    /phases/<phase_id>                                       phase        inside
GET    /phases/<phase_id>/text                                  phase        DPS
POST   /phases/<phase_id>/text                                  phase        DPS
POST   /phases/<phase_id>/closure                               phase        DPS
GET    /measures                                                -            inside
GET    /measures/<number>                                       measure      inside
POST   /measures/<number>/readings                              measure      V
GET    /measures/<number>                                       hidden-one   LDPSF
POST   /measures/<number>/readings                              hidden-one   L

# Money
GET    /envelopes                                               -            inside
GET    /envelopes/<quarter>                                     envelope     inside
POST   /envelopes/<quarter>                                     envelope     DPS
GET    /approvals                                               -            DPS

# Experiments: reading
GET    /experiments                                             -            all
GET    /experiments/<ref>                                       draft        LTP
GET    /experiments/<ref>                                       proposed     inside
GET    /experiments/<ref>                                       restricted   LTDPSF
GET    /experiments/<ref>                                       running      inside
GET    /experiments/<ref>                                       shared       all
GET    /experiments/<ref>                                       closed       inside
GET    /experiments/<ref>                                       record       inside
GET    /experiments/<ref>/versions                              proposed     inside
GET    /experiments/<ref>/versions                              restricted   LTDPSF
GET    /experiments/<ref>/amendments/<number>                   amendment    inside
GET    /experiments/<ref>/source/<what>                         record       inside
GET    /experiments/<ref>/source/log/<position>                 record       inside
GET    /experiments/<ref>/source/milestones/<position>          record       inside
GET    /learnings                                               -            all
GET    /learnings/<ref>                                         learning     inside
GET    /learnings/<ref>/pictures/<number>                       picture      inside
GET    /learnings/<ref>/pictures/<number>                       hidden-pic   LTDPSF
GET    /learnings/<ref>/pictures/<number>/removal               picture      LDPS
POST   /learnings/<ref>/pictures/<number>/removal               picture      LDPS
GET    /learnings/<ref>/pictures/<number>/removal               hidden-pic   LDPS
POST   /learnings/<ref>/pictures/<number>/removal               hidden-pic   LDPS
GET    /learnings/<ref>                                         hidden       LTDPSF

# Experiments: proposing
GET    /experiments/new                                         -            inside
POST   /experiments                                             -            inside
GET    /experiments/<ref>/text                                  draft        LTP
GET    /experiments/<ref>/text                                  proposed     LTP
POST   /experiments/<ref>/text                                  draft        LTP
POST   /experiments/<ref>/text                                  proposed     LTP
POST   /experiments/<ref>/proposal                              draft        L
POST   /experiments/<ref>/withdrawal                            draft        L
POST   /experiments/<ref>/withdrawal                            proposed     L
POST   /experiments/<ref>/withdrawal                            approved     L
POST   /experiments/<ref>/copies                                record       inside

# Experiments: the answer of leadership
POST   /experiments/<ref>/approval                              draft        nobody
POST   /experiments/<ref>/approval                              proposed     DS
POST   /experiments/<ref>/approval                              running      D

# Experiments: taking part
POST   /experiments/<ref>/comments                              draft        LTP
POST   /experiments/<ref>/comments                              proposed     inside
POST   /experiments/<ref>/comments                              restricted   LTDPSF
POST   /experiments/<ref>/hands                                 running      inside
POST   /experiments/<ref>/hands/mine/lowering                   running      inside
POST   /experiments/<ref>/hands/<hand_id>/acceptance            hand         L
POST   /experiments/<ref>/leaving                               running      inside
GET    /experiments/<ref>/lead                                  running      LDPS
POST   /experiments/<ref>/lead                                  running      LDPS
POST   /experiments/<ref>/lead/acceptance                       running      inside

# Experiments: running
POST   /experiments/<ref>/start                                 approved     LTP
GET    /experiments/<ref>/check-in                              running      LTPS
POST   /experiments/<ref>/check-ins                             running      LTPS
GET    /experiments/<ref>/readings/new                          running      LTPS
POST   /experiments/<ref>/readings                              running      LTPS
GET    /experiments/<ref>/learnings/new                         running      LTPS
POST   /experiments/<ref>/learnings                             running      LTPS
GET    /experiments/<ref>/expenses/new                          running      LTPS
POST   /experiments/<ref>/expenses                              running      LTPS
GET    /experiments/<ref>/tranches/<number>/evidence            tranche      LTPS
POST   /experiments/<ref>/tranches/<number>/evidence            tranche      LTPS
POST   /experiments/<ref>/tranches/<number>/release             tranche      D
GET    /experiments/<ref>/supplement                            running      D
POST   /experiments/<ref>/supplement                            running      D
GET    /experiments/<ref>/stop                                  running      LDPS
POST   /experiments/<ref>/stop                                  running      LDPS

# Experiments: changing the charter, and the decision
GET    /experiments/<ref>/amendments/new                        running      LTP
POST   /experiments/<ref>/amendments                            running      LTP
POST   /experiments/<ref>/amendments/<number>/approval          amendment    D
GET    /experiments/<ref>/recommendation                        running      LTPS
POST   /experiments/<ref>/recommendation                        running      LTPS
GET    /experiments/<ref>/decision                              ended        D
POST   /experiments/<ref>/decision                              ended        D

# Initiatives
GET    /initiatives                                             -            inside
GET    /initiatives/new                                         -            inside
POST   /initiatives                                             -            inside
GET    /initiatives/<ref>                                       suggestion   LTU
GET    /initiatives/<ref>                                       planned      inside
GET    /initiatives/<ref>                                       active       inside
GET    /initiatives/<ref>/text                                  suggestion   LTU
GET    /initiatives/<ref>/text                                  planned      LU
POST   /initiatives/<ref>/text                                  suggestion   LTU
POST   /initiatives/<ref>/text                                  planned      LU
POST   /initiatives/<ref>/planning                              suggestion   U
POST   /initiatives/<ref>/start                                 planned      LU
POST   /initiatives/<ref>/milestones/<number>/reaching          goal         LU
GET    /initiatives/<ref>/status                                active       LU
POST   /initiatives/<ref>/statuses                              active       LU
GET    /initiatives/<ref>/readings/new                          active       LU
POST   /initiatives/<ref>/readings                              active       LU
GET    /initiatives/<ref>/embedding                             active       LU
POST   /initiatives/<ref>/embedding                             active       LU
GET    /initiatives/<ref>/cancellation                          suggestion   TU
GET    /initiatives/<ref>/cancellation                          active       U
POST   /initiatives/<ref>/cancellation                          suggestion   TU
POST   /initiatives/<ref>/cancellation                          active       U
POST   /initiatives/<ref>/comments                              suggestion   LTU
POST   /initiatives/<ref>/comments                              active       inside

# The bridge
GET    /promotions                                              -            inside
GET    /promotions/new                                          -            inside
POST   /promotions                                              -            inside
GET    /promotions/<ref>                                        promotion    inside
GET    /promotions/<ref>                                        quiet        LTDPSFU
GET    /promotions/<ref>/learnings/<learning>/pictures/<number> quiet        LTDPSFU
POST   /promotions/<ref>/acceptance                             promotion    U
POST   /promotions/<ref>/deferral                               promotion    U
POST   /promotions/<ref>/decline                                promotion    U
POST   /promotions/<ref>/comments                               promotion    inside
POST   /promotions/<ref>/comments                               quiet        LTDPSFU
GET    /challenges                                              -            inside
GET    /challenges/new                                          -            inside
POST   /challenges                                              -            inside
GET    /challenges/<ref>                                        challenge    inside
POST   /challenges/<ref>/answer                                 challenge    TU
POST   /challenges/<ref>/closing                                challenge    TU
POST   /challenges/<ref>/comments                               challenge    inside
POST   /challenges/<ref>/experiment                             challenge    inside
POST   /challenges/<ref>/uptake                                 challenge    inside      with what is theirs to work on
GET    /barriers                                                -            inside
GET    /barriers/<ref>                                          barrier      inside
POST   /barriers/<ref>/owner                                    barrier      DPS
POST   /barriers/<ref>/removal                                  barrier      VDPS
POST   /barriers/<ref>/closing                                  barrier      VDPS
POST   /barriers/<ref>/comments                                 barrier      inside
POST   /barriers/<ref>/comments                                 quiet-wall   LTDPSF
GET    /experiments/<ref>/barriers/new                          running      LTP
POST   /experiments/<ref>/barriers                              running      LTP

# Reviews
GET    /reviews                                                 -            inside
GET    /reviews/monthly                                         -            inside
GET    /reviews/monthly/<month>                                 half-hour    inside
POST   /reviews/monthly/notes                                   -            DPSF
POST   /reviews/monthly/actions                                 -            DPSF
GET    /reviews/new                                             -            DPSF
POST   /reviews                                                 -            DPSF
GET    /reviews/<ref>                                           scheduled    inside
GET    /reviews/<ref>                                           open         inside
GET    /reviews/<ref>                                           frozen       inside
GET    /reviews/<ref>/plan                                      scheduled    DPSF
POST   /reviews/<ref>/plan                                      scheduled    DPSF
GET    /reviews/<ref>/agenda                                    scheduled    DPSF
POST   /reviews/<ref>/agenda                                    scheduled    DPSF
GET    /reviews/<ref>/agenda/<part>                             part         DPSF
POST   /reviews/<ref>/agenda/<part>                             part         DPSF
POST   /reviews/<ref>/topics                                    open         DPSF
POST   /reviews/<ref>/topics/<number>/removal                   topic        DPSF
POST   /reviews/<ref>/turns                                     open         DPSF
GET    /reviews/<ref>/news                                      open         inside
GET    /reviews/<ref>/wall                                      open         inside
POST   /reviews/<ref>/opening                                   scheduled    DPSF
POST   /reviews/<ref>/notes                                     open         DPSF
POST   /reviews/<ref>/actions                                   open         DPSF
POST   /reviews/<ref>/choices                                   open         DPS
GET    /reviews/<ref>/keeps/<experiment>                        kept         D
POST   /reviews/<ref>/keeps/<experiment>                        kept         D
GET    /reviews/<ref>/closing                                   open         DPSF
POST   /reviews/<ref>/closing                                   open         DPSF
GET    /reviews/<ref>/record                                    frozen       DPSF
GET    /reviews/<ref>/minutes.<kind>                            minutes      inside
POST   /reviews/<ref>/addenda                                   frozen       DPSF
POST   /reviews/choices/<choice_id>/reopening                   choice       DPS
POST   /reviews/actions/<action_id>/completion                  action       TDPSF
"""

API = """
# The document
GET    /api/v1/docs                                             -            -      anybody
GET    /api/v1/openapi.json                                     -            -      anybody

# The trail
GET    /api/v1/audit                                            -            read   DPSFA
GET    /api/v1/audit/head                                       -            read   DPSFA

# People, units, house rules
GET    /api/v1/people                                           -            read   inside
POST   /api/v1/people                                           -            admin  A
GET    /api/v1/people/<handle>                                  person       read   inside
PATCH  /api/v1/people/<handle>                                  person       admin  A
POST   /api/v1/people/<handle>/deactivation                     person       admin  A
POST   /api/v1/people/<handle>/invitation                       person       admin  A
POST   /api/v1/people/<handle>/reactivation                     departed     admin  A
GET    /api/v1/units                                            -            read   inside
POST   /api/v1/units                                            -            admin  A
GET    /api/v1/units/<handle>                                   unit         read   inside
PATCH  /api/v1/units/<handle>                                   unit         admin  A
GET    /api/v1/house-rules                                      -            read   all
PATCH  /api/v1/house-rules                                      -            admin  A

# Direction and measures
GET    /api/v1/big-opportunity                                  -            read   inside
POST   /api/v1/big-opportunity                                  -            write  DPS
PATCH  /api/v1/big-opportunity                                  -            write  DPS
GET    /api/v1/vision                                           -            read   inside
POST   /api/v1/vision                                           -            write  DPS
GET    /api/v1/vision/<months>                                  vision       read   inside
PATCH  /api/v1/vision/<months>                                  vision       write  DPS
GET    /api/v1/phases                                           -            read   inside
POST   /api/v1/phases                                           -            write  DPS
GET    /api/v1/phases/<number>                                  phase        read   inside
PATCH  /api/v1/phases/<number>                                  phase        write  DPS
POST   /api/v1/phases/<number>/closure                          phase        write  DPS
GET    /api/v1/measures                                         -            read   inside
POST   /api/v1/measures                                         -            write  inside
GET    /api/v1/measures/<number>                                measure      read   inside
GET    /api/v1/measures/<number>                                hidden-one   read   LDPSF
GET    /api/v1/measures/<number>/readings                       measure      read   inside
GET    /api/v1/measures/<number>/readings                       hidden-one   read   LDPSF
POST   /api/v1/measures/<number>/readings                       measure      write  V
POST   /api/v1/measures/<number>/readings                       hidden-one   write  L

# Money
GET    /api/v1/envelopes                                        -            read   inside
POST   /api/v1/envelopes                                        -            fund   DPS
GET    /api/v1/envelopes/<quarter>                              envelope     read   inside
GET    /api/v1/envelopes/<quarter>/ledger                       envelope     read   inside
POST   /api/v1/envelopes/<quarter>/adjustments                  envelope     fund   DPS

# Experiments
GET    /api/v1/experiments                                      -            read   all
POST   /api/v1/experiments                                      -            write  inside
GET    /api/v1/experiments/<ref>                                draft        read   LTP
GET    /api/v1/experiments/<ref>                                proposed     read   inside
GET    /api/v1/experiments/<ref>                                restricted   read   LTDPSF
GET    /api/v1/experiments/<ref>                                shared       read   all
GET    /api/v1/experiments/<ref>                                closed       read   inside
GET    /api/v1/experiments/<ref>                                record       read   inside
PATCH  /api/v1/experiments/<ref>                                draft        write  LTP
PATCH  /api/v1/experiments/<ref>                                proposed     write  LTP
POST   /api/v1/experiments/<ref>/proposal                       draft        write  L
POST   /api/v1/experiments/<ref>/withdrawal                     draft        write  L
POST   /api/v1/experiments/<ref>/withdrawal                     approved     write  L
POST   /api/v1/experiments/<ref>/copy                           record       write  inside
POST   /api/v1/experiments/<ref>/approval                       proposed     fund   DS
POST   /api/v1/experiments/<ref>/approval                       running      fund   D
POST   /api/v1/experiments/<ref>/return                         proposed     fund   DS
POST   /api/v1/experiments/<ref>/decline                        proposed     fund   DS
GET    /api/v1/experiments/<ref>/comments                       draft        read   LTP
GET    /api/v1/experiments/<ref>/comments                       running      read   inside
POST   /api/v1/experiments/<ref>/comments                       draft        write  LTP
POST   /api/v1/experiments/<ref>/comments                       running      write  inside
POST   /api/v1/experiments/<ref>/comments                       restricted   write  LTDPSF
POST   /api/v1/experiments/<ref>/hands                          running      write  inside
POST   /api/v1/experiments/<ref>/hands/mine/lowering            running      write  inside
POST   /api/v1/experiments/<ref>/hands/<number>/acceptance      hand         write  L
POST   /api/v1/experiments/<ref>/leaving                        running      write  inside
POST   /api/v1/experiments/<ref>/lead                           running      write  LDPS
POST   /api/v1/experiments/<ref>/lead/acceptance                running      write  inside
POST   /api/v1/experiments/<ref>/start                          approved     write  LTP
GET    /api/v1/experiments/<ref>/check-ins                      running      read   inside
GET    /api/v1/experiments/<ref>/check-ins                      restricted   read   LTDPSF
POST   /api/v1/experiments/<ref>/check-ins                      running      write  LTPS
POST   /api/v1/experiments/<ref>/readings                       running      write  LTPS
GET    /api/v1/experiments/<ref>/learnings                      running      read   inside
GET    /api/v1/experiments/<ref>/learnings                      restricted   read   LTDPSF
POST   /api/v1/experiments/<ref>/learnings                      running      write  LTPS
GET    /api/v1/experiments/<ref>/expenses                       running      read   inside
GET    /api/v1/experiments/<ref>/expenses                       restricted   read   LTDPSF
POST   /api/v1/experiments/<ref>/expenses                       running      write  LTPS
POST   /api/v1/experiments/<ref>/tranches/<number>/evidence     tranche      write  LTPS
POST   /api/v1/experiments/<ref>/tranches/<number>/release      tranche      fund   D
POST   /api/v1/experiments/<ref>/supplement                     running      fund   D
POST   /api/v1/experiments/<ref>/stop                           running      write  LDPS
POST   /api/v1/experiments/<ref>/amendments                     running      write  LTP
POST   /api/v1/experiments/<ref>/amendments/<number>/approval   amendment    fund   D
POST   /api/v1/experiments/<ref>/recommendation                 running      write  LTPS
POST   /api/v1/experiments/<ref>/decision                       ended        fund   D
GET    /api/v1/learnings                                        -            read   all
GET    /api/v1/learnings/<ref>                                  learning     read   inside
GET    /api/v1/learnings/<ref>                                  hidden       read   LTDPSF
POST   /api/v1/learnings/<ref>/pictures/<number>/removal        picture      write  LDPS
POST   /api/v1/learnings/<ref>/pictures/<number>/removal        hidden-pic   write  LDPS

# Initiatives
GET    /api/v1/initiatives                                      -            read   inside
POST   /api/v1/initiatives                                      -            write  inside
GET    /api/v1/initiatives/<ref>                                suggestion   read   LTU
GET    /api/v1/initiatives/<ref>                                active       read   inside
PATCH  /api/v1/initiatives/<ref>                                suggestion   write  LTU
PATCH  /api/v1/initiatives/<ref>                                planned      write  LU
POST   /api/v1/initiatives/<ref>/plan                           suggestion   write  U
POST   /api/v1/initiatives/<ref>/start                          planned      write  LU
POST   /api/v1/initiatives/<ref>/milestones/<number>/reaching   goal         write  LU
POST   /api/v1/initiatives/<ref>/statuses                       active       write  LU
POST   /api/v1/initiatives/<ref>/readings                       active       write  LU
POST   /api/v1/initiatives/<ref>/embedding                      active       write  LU
POST   /api/v1/initiatives/<ref>/cancellation                   suggestion   write  TU
POST   /api/v1/initiatives/<ref>/cancellation                   active       write  U
GET    /api/v1/initiatives/<ref>/comments                       suggestion   read   LTU
GET    /api/v1/initiatives/<ref>/comments                       active       read   inside
POST   /api/v1/initiatives/<ref>/comments                       suggestion   write  LTU
POST   /api/v1/initiatives/<ref>/comments                       active       write  inside

# The bridge
GET    /api/v1/promotions                                       -            read   inside
POST   /api/v1/promotions                                       -            write  inside
GET    /api/v1/promotions/<ref>                                 promotion    read   inside
GET    /api/v1/promotions/<ref>                                 quiet        read   LTDPSFU
POST   /api/v1/promotions/<ref>/acceptance                      promotion    write  U
POST   /api/v1/promotions/<ref>/deferral                        promotion    write  U
POST   /api/v1/promotions/<ref>/decline                         promotion    write  U
GET    /api/v1/promotions/<ref>/comments                        promotion    read   inside
GET    /api/v1/promotions/<ref>/comments                        quiet        read   LTDPSFU
POST   /api/v1/promotions/<ref>/comments                        promotion    write  inside
GET    /api/v1/challenges                                       -            read   inside
POST   /api/v1/challenges                                       -            write  inside
GET    /api/v1/challenges/<ref>                                 challenge    read   inside
POST   /api/v1/challenges/<ref>/answer                          challenge    write  TU
POST   /api/v1/challenges/<ref>/closing                         challenge    write  TU
GET    /api/v1/challenges/<ref>/comments                        challenge    read   inside
POST   /api/v1/challenges/<ref>/comments                        challenge    write  inside
POST   /api/v1/challenges/<ref>/experiment                      challenge    write  inside
POST   /api/v1/challenges/<ref>/uptake                          challenge    write  L
GET    /api/v1/barriers                                         -            read   inside
POST   /api/v1/barriers                                         -            write  LTP
GET    /api/v1/barriers/<ref>                                   barrier      read   inside
POST   /api/v1/barriers/<ref>/owner                             barrier      write  DPS
POST   /api/v1/barriers/<ref>/removal                           barrier      write  VDPS
POST   /api/v1/barriers/<ref>/closing                           barrier      write  VDPS
GET    /api/v1/barriers/<ref>/comments                          barrier      read   inside
POST   /api/v1/barriers/<ref>/comments                          barrier      write  inside

# Reviews
GET    /api/v1/reviews                                          -            read   inside
POST   /api/v1/reviews                                          -            write  DPSF
GET    /api/v1/reviews/<ref>                                    open         read   inside
PATCH  /api/v1/reviews/<ref>                                    scheduled    write  DPSF
POST   /api/v1/reviews/<ref>/opening                            scheduled    write  DPSF
POST   /api/v1/reviews/<ref>/agenda                             scheduled    write  DPSF
POST   /api/v1/reviews/<ref>/agenda/<part>                      part         write  DPSF
POST   /api/v1/reviews/<ref>/topics                             open         write  DPSF
POST   /api/v1/reviews/<ref>/topics/<number>/removal            topic        write  DPSF
POST   /api/v1/reviews/<ref>/turns                              open         write  DPSF
POST   /api/v1/reviews/<ref>/items/<number>/outcome             item         write  DPSF
POST   /api/v1/reviews/<ref>/keeps                              kept         fund   D
POST   /api/v1/reviews/<ref>/closing                            open         write  DPSF
GET    /api/v1/reviews/<ref>/record                             frozen       read   inside
POST   /api/v1/reviews/<ref>/addenda                            frozen       write  DPSF
GET    /api/v1/actions                                          -            read   inside
POST   /api/v1/actions/<number>/completion                      action       write  TDPSF
"""
